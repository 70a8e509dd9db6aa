import { expect, test } from 'vitest';
import type { Pod } from '../../../../kube/types.ts';
import { ApiError } from '../../api/request.ts';
import { evict } from './evict.ts';

const pod = (name: string) => ({ metadata: { name, namespace: 'shop', uid: `uid-${name}` } }) as unknown as Pod;

/** `stays`: how often each pod is looked for in vain before it is gone. */
function ports(answers: Record<string, (ApiError | undefined)[]>, stays: Record<string, number>, stopAfter = 1e9) {
  const told: string[] = [];
  const asked: string[] = [];
  let slept = 0;
  const post = async (path: string): Promise<void> => {
    const name = path.split('/')[6] ?? '';
    asked.push(name);
    const [next] = (answers[name] ?? []).splice(0, 1);
    if (next) throw next;
  };
  return {
    told,
    asked,
    slept: () => slept,
    ports: {
      api: { post } as never,
      isThere: ({ metadata }: Pod) => {
        const left = stays[metadata.name ?? ''] ?? 0;
        stays[metadata.name ?? ''] = left - 1;
        return left > 0;
      },
      sleep: async (milliseconds: number) => {
        slept += milliseconds;
      },
      stopped: () => slept >= stopAfter,
      told: ({ metadata }: Pod, holding: string | undefined, gone: boolean) =>
        told.push(`${metadata.name}: ${gone ? 'gone' : (holding ?? 'ends')}`),
    },
  };
}

const gone = new ApiError({ code: 404 });
const budget = new ApiError({
  code: 429,
  message: 'Cannot evict pod as it would violate the pod’s disruption budget.',
});

test('what a budget does not allow is tried again, and each pod is waited for', async () => {
  const rig = ports({ a: [budget, undefined] }, { a: 1 });
  expect(await evict([pod('a'), pod('b')], rig.ports)).toEqual([]);
  expect(rig.told.filter((text) => text.startsWith('a'))).toEqual([`a: ${budget.message}`, 'a: ends', 'a: gone']);
  expect(rig.told.filter((text) => text.startsWith('b'))).toEqual(['b: ends', 'b: gone']);
  expect(rig.slept()).toBe(5_300);
});

test('another error ends the pod’s eviction and is told; one that is gone already is fine', async () => {
  const forbidden = new ApiError({ code: 403, message: 'forbidden' });
  const rig = ports({ a: [forbidden], b: [gone] }, {});
  expect(await evict([pod('a'), pod('b')], rig.ports)).toEqual([forbidden]);
  expect(rig.told).toEqual(expect.arrayContaining(['a: forbidden', 'b: gone']));
});

test('it stops when it is told to', async () => {
  const rig = ports({ a: [budget, budget, budget, budget] }, {}, 5_000);
  await evict([pod('a')], rig.ports);
  expect(rig.asked).toEqual(['a']);
});
