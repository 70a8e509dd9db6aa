import type { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { addressTowards } from './machine.ts';

const ADDRESS = { netmask: '', mac: '', cidr: null, family: 'IPv4' as const };
const interfaces: typeof networkInterfaces = () => ({
  lo: [{ ...ADDRESS, address: '127.0.0.1', internal: true }],
  eth0: [{ ...ADDRESS, address: '198.51.100.7', internal: false }],
});

test('A machine that cannot reach the server is known by the address of an interface', async () => {
  expect(await addressTowards('https://no-such-host.invalid', interfaces)).toBe('198.51.100.7');
  expect(await addressTowards('https://127.0.0.1:6443', interfaces)).toBe('198.51.100.7');
});
