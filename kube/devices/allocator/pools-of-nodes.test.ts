import { expect, test } from 'vitest';
import { AllocatedDevices } from '../allocated.ts';
import { ask, claim, slice } from '../testing/devices.ts';
import { Allocator } from './allocator.ts';

const selecting = (name: string) => ({
  nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'host', operator: 'In', values: [name] }] }] },
});

test.each([
  ['name', (nodeName: string) => ({ nodeName })],
  ['labels', selecting],
])('a node looks at its own slices of a pool that is on all nodes, by its %s', (_by, place) => {
  let reads = 0;
  const nodes = Array.from({ length: 100 }, (_, i) => `n${i}`);
  const slices = nodes.map((nodeName) => {
    const { metadata, spec } = slice(nodeName, [{ name: nodeName }], {
      ...place(nodeName),
      pool: { name: 'pool', generation: 1, resourceSliceCount: nodes.length },
    });
    return {
      metadata,
      get spec() {
        reads++;
        return spec;
      },
    };
  });
  const any = { metadata: { name: 'any' } };
  const allocator = new Allocator({
    slices,
    allocated: new AllocatedDevices(),
    classOf: () => any,
    uuid: () => 'share',
  });
  for (const name of nodes) {
    const given = allocator.allocate([claim([ask()])], { name, labels: { host: name } });
    expect(given).toMatchObject([{ devices: { results: [{ device: name }] } }]);
  }
  expect(reads).toBeLessThan(20 * nodes.length);
});
