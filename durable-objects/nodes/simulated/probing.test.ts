import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { EXIT_AFTER, READY } from './index.ts';
import { bound, get, start, statusWrites } from './testing.ts';

test('probes and gates: a steered readiness probe fails, and its pod is not ready', async () => {
  const probed = { containers: [{ name: 'c', image: 'i', readinessProbe: {}, livenessProbe: {}, startupProbe: {} }] };
  const { cluster } = await start((c) => {
    c.put('pods', bound('good', probed));
    c.put('pods', bound('bad', probed, { [READY]: 'false' }));
  });
  const ready = (name: string) => get(cluster, name)?.status?.containerStatuses?.[0]?.ready;
  expect([ready('good'), ready('bad')]).toEqual([true, false]);
  cluster.change<Pod>('pods/default/bad', (p) => {
    p.metadata.annotations = {};
  });
  await cluster.settle();
  expect(ready('bad')).toBe(true);
});

test('a pod is ready once its probes are due, the startup probe first, and nothing ticks in between', async () => {
  const run = await start((c) =>
    c.put(
      'pods',
      bound('slow', {
        containers: [
          {
            name: 'c',
            image: 'i',
            startupProbe: { initialDelaySeconds: 5 },
            readinessProbe: { initialDelaySeconds: 2, successThreshold: 2, periodSeconds: 3 },
            livenessProbe: { initialDelaySeconds: 60 },
          },
        ],
      }),
    ),
  );
  const state = () => {
    const { phase, containerStatuses, conditions } = get(run.cluster, 'slow')?.status ?? {};
    const ready = conditions?.find(({ type }) => type === 'Ready')?.status;
    return [phase, containerStatuses?.[0]?.started, containerStatuses?.[0]?.ready, ready];
  };
  expect(state()).toEqual(['Running', false, false, 'False']);
  expect(await run.ring()).toBe(5);
  expect(state()).toEqual(['Running', true, false, 'False']);
  // What is left to happen survives the object.
  await run.evict();
  expect(await run.ring()).toBe(3);
  expect(state()).toEqual(['Running', true, true, 'True']);
  expect(statusWrites(run.cluster)).toHaveLength(3);
  expect(run.cluster.due.size).toBe(0);
});

test('a container waits for the startup probe of the sidecar before it', async () => {
  const sidecar = { name: 'proxy', image: 'i', restartPolicy: 'Always', startupProbe: { initialDelaySeconds: 4 } };
  const { cluster, ring } = await start((c) => c.put('pods', bound('web', { initContainers: [sidecar] })));
  expect(get(cluster, 'web')?.status?.phase).toBe('Pending');
  expect(await ring()).toBe(4);
  expect(get(cluster, 'web')?.status?.containerStatuses?.[0]?.ready).toBe(true);
});

test('a container that runs again is probed again', async () => {
  const probed = { containers: [{ name: 'c', image: 'i', readinessProbe: { initialDelaySeconds: 3 } }] };
  const { cluster, ring } = await start((c) => c.put('pods', bound('web', probed, { [EXIT_AFTER]: '20' })));
  const ready = () => get(cluster, 'web')?.status?.containerStatuses?.[0]?.ready;
  expect([await ring(), ready()]).toEqual([3, true]);
  expect([await ring(), ready()]).toEqual([17, false]);
  expect([await ring(), ready()]).toEqual([3, true]);
});
