import { expect, test } from 'vitest';
import { Interner } from '../runtime/view/interner.ts';
import type { Projection } from '../runtime/view/projection.ts';
import { type PodProjection, podFacts } from './pods.ts';
import { byProgress, deletionOrder } from './ranking.ts';

const status = (name: string, restartCount: number) => ({ name, restartCount });

/** `init`: the restarts of an init container that ends. */
function podOf(name: string, { main = 0, sidecar = 0, init = 0 }): PodProjection {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: 'n',
      containers: [{ name: 'main' }],
      initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }, { name: 'init' }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [status('main', main)],
      initContainerStatuses: [status('sidecar', sidecar), status('init', init)],
    },
  };
  return { name, uid: name, created: 1, pod: podFacts.compute(object, new Interner()) } as unknown as Projection &
    PodProjection;
}

test('of equal pods those go first whose containers were started the most often, then those whose sidecars were', () => {
  const pods = [
    podOf('calm', {}),
    podOf('init-fails', { init: 9 }),
    podOf('sidecar-fails', { sidecar: 2 }),
    podOf('main-fails', { main: 1 }),
    podOf('both-fail', { main: 1, sidecar: 1 }),
  ];
  const order = ['both-fail', 'main-fails', 'sidecar-fails', 'calm', 'init-fails'];
  expect(deletionOrder(pods, [], 10).map(({ name }) => name)).toEqual(order);
  expect([...pods].sort(byProgress).map(({ name }) => name)).toEqual(order);
});
