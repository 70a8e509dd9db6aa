import { expect, test } from 'vitest';
import { startWorkerd } from './workerd.ts';

const start = () => startWorkerd({ config: '/nowhere/workerd.capnp', sockets: ['api'], env: {}, log: () => {} });

test('a workerd that ends while it starts says why, though its last lines may be read after its end', async () => {
  // Several at once: on a busy machine the end is often heard of before the lines.
  for (let round = 0; round < 6; round++) {
    const reasons = await Promise.all(Array.from({ length: 8 }, () => start().catch(({ message }) => message)));
    for (const reason of reasons)
      expect(reason).toMatch(/^workerd ended while starting:\n.*\/nowhere\/workerd\.capnp/s);
  }
});
