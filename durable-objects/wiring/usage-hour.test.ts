import { expect, test } from 'vitest';
import type { Stored } from '../store/store.ts';
import { answerUsageHour } from './usage-hour.ts';

function rig(readable: readonly string[]) {
  const asked: (readonly [string, readonly string[] | undefined])[] = [];
  const nodes: Record<string, string | undefined> = { a: 'n1', b: 'n2', c: 'n1', waits: undefined };
  const ask = (query: string) =>
    answerUsageHour(query, {
      store: {
        get: (key: string) => {
          const name = key.split('/').at(-1) ?? '';
          if (!(name in nodes)) return undefined;
          return {
            text: JSON.stringify({ metadata: { uid: `u-${name}` }, spec: { nodeName: nodes[name] } }),
          } as Stored;
        },
      },
      mayRead: ({ resource, namespace, name }) => readable.includes(`${resource}/${namespace}/${name}`),
      usage: {
        recall: async (each) => {
          asked.push(...each);
          return [[1, 2], null];
        },
      },
    });
  return { asked, ask };
}

test('the nodes of pods are asked about these, nodes about themselves', async () => {
  const pods = ['a', 'b', 'c', 'waits', 'gone'].map((name) => `pods.metrics.k8s.io/shop/${name}`);
  const { asked, ask } = rig([...pods, 'nodes.metrics.k8s.io//n1']);
  const answer = await ask('namespace=shop&pod=a&pod=b&pod=c&pod=waits&pod=gone');
  expect(answer).toEqual({ status: 200, body: { minutes: [[1, 2], null] } });
  expect(asked).toEqual([
    ['n1', ['u-a', 'u-c']],
    ['n2', ['u-b']],
  ]);
  expect((await ask('node=n1')).status).toBe(200);
  expect(asked.at(-1)).toEqual(['n1', undefined]);
});

test('what its reader may not have the metrics of is not told, nor is what says nothing', async () => {
  const { asked, ask } = rig(['pods.metrics.k8s.io/shop/a', 'pods.metrics.k8s.io/default/b']);
  for (const query of ['node=n1', 'namespace=shop&pod=a&pod=b', 'pod=a']) expect((await ask(query)).status).toBe(403);
  for (const query of ['', 'node=n1&pod=a', 'node=n&'.repeat(201)]) expect((await ask(query)).status).toBe(400);
  expect(asked).toEqual([]);
});
