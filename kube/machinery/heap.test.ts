import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

test('items come out in order, whatever was replaced or taken out between', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    at: fc.nat(20),
    remove: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const heap = new Heap<{ key: string; at: number }>((a, b) => a.at - b.at);
      const model = new Map<string, number>();
      for (const { key, at, remove } of steps) {
        if (remove) {
          expect(heap.remove(key)?.at).toBe(model.get(key));
          model.delete(key);
        } else {
          heap.push({ key, at });
          model.set(key, at);
        }
        expect(heap.get(key)?.at).toBe(model.get(key));
        expect(heap.size).toBe(model.size);
      }
      const order: number[] = [];
      for (let item = heap.pop(); item; item = heap.pop()) order.push(item.at);
      expect(order).toEqual([...model.values()].sort((a, b) => a - b));
    }),
  );
});
