import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Namespace } from '../../../kube/types.ts';
import type { Action } from '../runtime/plan.ts';
import type { RequestPort } from '../runtime/ports.ts';
import type { Findings } from './conditions.ts';
import { DELETE_REMOTE_CONTENT, namespaceEffects } from './effects.ts';

const namespace = (uid: string): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', uid, resourceVersion: '7' },
  spec: { finalizers: ['kubernetes'] },
});

/** `answer` is called with the method and path of each request, and with what changes the surroundings. */
async function run(
  resources: number,
  answer: (line: string, world: { now: number; stored?: Namespace }) => Awaited<ReturnType<RequestPort['request']>>,
) {
  const world: { now: number; stored?: Namespace } = { now: 0, stored: namespace('old') };
  const asked: string[] = [];
  const things = Array.from({ length: resources }, (_, at) => ({
    resource: `things${at}`,
    scope: 'Namespaced',
    verbs: ['delete', 'deletecollection', 'list'],
  }));
  const one = { group: 'a.dev', version: 'v1', groupPriority: 1, versionPriority: 1, isCurrent: true };
  const effects = namespaceEffects({
    request: {
      request: async ({ method, path }) => {
        asked.push(`${method} ${path}`);
        return answer(`${method} ${path}`, world);
      },
    },
    versions: () => [{ ...one, resources: things }],
    read: { get: () => world.stored && { text: JSON.stringify(world.stored), revision: 1 } },
    now: () => world.now,
  });
  const known: Findings = { contents: [], unavailable: [] };
  const actions = await effects[DELETE_REMOTE_CONTENT]?.(namespace('old') as unknown as KubeObject, known);
  return { asked, actions: actions as readonly Action[] | undefined };
}

const EMPTY = { ok: true as const, object: { items: [] } };

test.each([undefined, namespace('new')])(
  'what is in a namespace that was made anew meanwhile is not deleted, nor once it is gone: %j',
  async (stored) => {
    const { asked, actions } = await run(3, (_, world) => {
      world.stored = stored;
      return EMPTY;
    });
    expect(asked).toEqual(['DELETE /apis/a.dev/v1/namespaces/shop/things0']);
    expect(actions?.some(({ do: what }) => what === 'finalize-namespace')).toBe(false);
  },
);

test('a server that answers slowly is left after two minutes, and the namespace stays', async () => {
  const { asked, actions } = await run(50, (_, world) => {
    world.now += 9000;
    return EMPTY;
  });
  expect(asked.length).toBe(14);
  expect(actions?.map(({ do: what }) => what)).toEqual(['update-status']);
});

test('messages of any number of failures fit into the namespace', async () => {
  const message = 'no '.repeat(700);
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403, message };
  const { actions } = await run(1000, () => ({ ok: false, status: status as never }));
  const [action] = actions ?? [];
  if (action?.do !== 'update-status') throw new Error('no status');
  const { conditions = [] } = (action.object as unknown as Namespace).status ?? {};
  const failure = conditions.find(({ type }) => type === 'NamespaceDeletionContentFailure');
  expect(failure?.message).toMatch(/^Failed to delete all resource types, 1000 remaining: no no .*…$/);
  expect(failure?.message?.length).toBe(32_768);
});
