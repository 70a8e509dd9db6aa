import { expect, test } from 'vitest';
import { dispatch, type Handlers, rpcOf } from './rpc-call.ts';

interface Counter {
  add(request: { by: number }): Promise<number>;
}

function counter() {
  let count = 0;
  const handlers: Handlers<Counter> = { add: ({ by }) => (count += by) };
  return rpcOf<Counter>({ call: (method, request) => dispatch(handlers, method, request) });
}

test('a call reaches the handler of its name, with its request', async () => {
  const object = counter();
  expect([await object.add({ by: 2 }), await object.add({ by: 3 })]).toEqual([2, 5]);
});

test('a name that is not in the table is refused, and one that every object has is not in it', async () => {
  const object = counter() as unknown as Record<string, () => Promise<unknown>>;
  await expect(object.subtract?.()).rejects.toThrow('the object has no method "subtract"');
  await expect(object.constructor?.()).rejects.toThrow('the object has no method "constructor"');
});
