import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { PluginError } from '../framework/interface.ts';
import { schedule } from '../schedule.ts';
import { Slice } from '../slice.ts';
import { NO_CHANCE, node, pod, snapshotOf } from '../testing/objects.ts';

/** Devices of each node, none of which a claim for `count` and two more can have. */
function searching(count: number) {
  const requests = [
    { name: 'a', exactly: { deviceClassName: 'any', allocationMode: 'ExactCount', count } },
    {
      name: 'b',
      exactly: {
        deviceClassName: 'any',
        allocationMode: 'ExactCount',
        count: 2,
        selectors: [{ cel: { expression: 'false' } }],
      },
    },
  ];
  const devices = Array.from({ length: 40 }, (_, i) => ({ name: `d${i}` }));
  const known: Record<string, object> = {
    'deviceclasses.resource.k8s.io//any': { metadata: { name: 'any' } },
    'resourceclaims.resource.k8s.io/default/c': {
      metadata: { name: 'c', namespace: 'default', uid: 'c' },
      spec: { devices: { requests } },
    },
    'resourceslices.resource.k8s.io//s': {
      metadata: { name: 's' },
      spec: { driver: 'd', allNodes: true, pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices },
    },
  };
  const reader = {
    lookup: (key: string) => known[key] as KubeObject | undefined,
    list: (prefix: string) => Object.keys(known).flatMap((key) => (key.startsWith(prefix) ? [known[key]] : [])),
  };
  const snapshot = snapshotOf([node('x'), node('y')], [], reader);
  const one = pod('p', { resourceClaims: [{ name: 'c', resourceClaimName: 'c' }] });
  const slice = new Slice();
  slice.begin();
  const decide = () => schedule(one, snapshot, NO_CHANCE, { spend: (nodes) => slice.spend(nodes) });
  return { decide, slice };
}

test('a search for devices that takes long ends the turn, and one that does not leaves time for others', () => {
  const short = searching(1);
  expect(short.decide()).toMatchObject({
    unschedulable: expect.stringContaining('0/2 nodes are available: 2 cannot allocate all claims.'),
  });
  expect(short.slice.isOver).toBe(false);
  const long = searching(20);
  expect(long.decide).toThrow(PluginError);
  expect(long.slice.isOver).toBe(true);
});
