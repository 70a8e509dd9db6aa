import { expect, test } from 'vitest';
import { put, remove } from './contract/harness.ts';
import { openStore } from './mvcc.ts';
import { openNodeSql } from './sql/node.ts';

const tooMany = expect.objectContaining({ code: 'too-many' });

function opened(objects: number, nodes = 0) {
  const limits = { objects, nodes };
  return {
    limits,
    store: openStore(openNodeSql(), { defer: (run) => run(), inFlight: () => 0, objectLimits: () => limits }),
  };
}

test('a cluster with as many objects as it may have takes changes and deletes, and Events', async () => {
  const { store } = opened(2);
  await put(store, 'pods/default/a', 'a');
  await put(store, 'pods/default/b', 'b');
  const refused = put(store, 'pods/default/c', 'c');
  await expect(refused).rejects.toEqual(tooMany);
  await expect(refused).rejects.toThrow('this cluster may have 2 objects, and has them: delete some first');
  await put(store, 'pods/default/a', 'changed');
  await put(store, 'events/default/e', 'e');
  await remove(store, 'pods/default/b');
  await put(store, 'pods/default/c', 'c');
  await expect(put(store, 'pods/default/d', 'd')).rejects.toEqual(tooMany);
});

test('nodes have a limit of their own, and a limit that changes counts at once', async () => {
  const { store, limits } = opened(0, 1);
  await put(store, 'nodes/a', 'a');
  await put(store, 'pods/default/a', 'a');
  await expect(put(store, 'nodes/b', 'b')).rejects.toThrow('this cluster may have 1 nodes');
  limits.nodes = 0;
  await put(store, 'nodes/b', 'b');
  limits.objects = 3;
  await expect(put(store, 'pods/default/b', 'b')).rejects.toEqual(tooMany);
});
