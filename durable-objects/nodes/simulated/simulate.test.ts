import { expect, test } from 'vitest';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { ContainerStatus, Pod } from '../../../kube/types.ts';
import { simulate } from './simulate.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A pod that began ten seconds ago, as far as another client says. */
function podOf(containerStatuses: object[], annotations: Record<string, string>, deleted = false): Pod {
  const containers = ['a', 'b'].map((name) => ({ name, image: 'i' }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'default',
      uid: 'u',
      creationTimestamp: rfc3339(NOW - 10_000),
      annotations,
      ...(deleted && { deletionTimestamp: rfc3339(NOW), deletionGracePeriodSeconds: 30 }),
    },
    spec: { nodeName: 'sim-0', restartPolicy: 'Never', containers },
    status: {
      phase: 'Running',
      podIP: '10.0.0.2',
      startTime: rfc3339(NOW - 10_000),
      containerStatuses: containerStatuses as ContainerStatus[],
    },
  };
}

const look = (pod: Pod) =>
  simulate({ pod, hostIP: '192.0.2.1', address: () => '10.0.0.2', now: NOW, uuid: () => crypto.randomUUID() });

const status = (name: string, more: object = {}) => ({
  name,
  image: 'i',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: rfc3339(NOW - 10_000) } },
  ...more,
});

const shown = ({ status: result }: ReturnType<typeof look>) =>
  result?.containerStatuses?.map(({ name, state, restartCount }) => [
    name,
    Object.keys(state ?? {})[0],
    state?.terminated?.exitCode,
    restartCount,
  ]);

test.each([{}, { containerID: 'simulated://same' }])(
  'containers that another client gave one id (%j) end each',
  (id) => {
    const both = [status('a', id), status('b', id)];
    const ended = look(podOf(both, { 'islet.dev/simulated-exit-after': '5' }));
    expect(shown(ended)).toEqual([
      ['a', 'terminated', 0, 0],
      ['b', 'terminated', 0, 0],
    ]);
    expect(ended.status?.phase).toBe('Succeeded');
    expect(shown(look(podOf(both, {}, true)))).toEqual([
      ['a', 'terminated', 143, 0],
      ['b', 'terminated', 143, 0],
    ]);
  },
);

test('a run whose last one has no id of its own is the one that ends', () => {
  const lastState = { terminated: { exitCode: 3 } };
  const found = look(podOf([status('a', { restartCount: 1, containerID: 'x', lastState }), status('b')], {}, true));
  expect(shown(found)?.[0]).toEqual(['a', 'terminated', 143, 1]);
});

test('a container whose restarts were counted to the end of what the API holds starts again', () => {
  const restartCount = 2147483647;
  const state = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:00:00Z' } };
  const ended = podOf([status('a', { restartCount, containerID: 'x', state }), status('b')], {});
  const always = { ...ended, spec: { ...ended.spec, restartPolicy: 'Always' } } as Pod;
  expect(shown(look(always))?.[0]).toEqual(['a', 'running', undefined, restartCount]);
});
