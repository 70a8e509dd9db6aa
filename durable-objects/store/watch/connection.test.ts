import { expect, test } from 'vitest';
import { WINDOW } from '../../../wire/socket.ts';
import type { Peer } from './ports.ts';
import { TestHub } from './testing.ts';

test('a client that asks on and on, and reads no answer, has its socket closed', () => {
  const { hub } = new TestHub();
  const closed: number[] = [];
  const client = (id: string): Peer => ({ id, send: () => {}, close: (code) => void closed.push(code) });
  const [reads, ignores] = [client('reads'), client('ignores')];
  const status = { message: 'x'.repeat(WINDOW - 100) };
  for (let asked = 0; asked < 20; asked++) {
    hub.refuse(reads, 1, status);
    hub.credit('reads', WINDOW);
  }
  for (let asked = 0; asked < 8; asked++) hub.refuse(ignores, 1, status);
  expect(closed).toEqual([]);
  hub.refuse(ignores, 1, status);
  expect(closed).toEqual([1008]);
});
