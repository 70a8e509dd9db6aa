import { expect, test } from 'vitest';
import type { EdgeRequest, Env } from '../env.ts';
import { addressName, networkOf } from './address.ts';

test('IPv6 addresses of one customer are one network, however they are written', () => {
  const one = '2001:db8:0:1';
  for (const address of [
    '2001:db8:0:1::1',
    '2001:0DB8::1:ffff:0:0:1',
    '[2001:db8:0:1:a:b:c:d]',
    '2001:db8:0:1::%eth0',
  ]) {
    expect(networkOf(address)).toBe(one);
  }
  expect(networkOf('2001:db8:0:2::1')).not.toBe(one);
  expect(networkOf('::1')).toBe('0:0:0:0');
});

test('IPv4 addresses count whole', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
});

test('the name hides the address, and only the header that the operator named is believed', async () => {
  const name = (address: string | undefined, header?: string, key = 'k') =>
    addressName(
      { headers: new Headers(address === undefined ? {} : { 'x-real-ip': address }) } as unknown as EdgeRequest,
      { ISLET_SIGNING_KEY: key, ISLET_ADDRESS_HEADER: header } as Env,
    );
  const one = await name('192.0.2.1', 'x-real-ip');
  expect(one).toMatch(/^a-[0-9a-f]{32}$/);
  expect(await name('192.0.2.1', 'x-real-ip')).toBe(one);
  // A proxy adds its client's address at the end; what stands before, the client wrote.
  expect(await name('198.51.100.7, 192.0.2.1', 'x-real-ip')).toBe(one);
  expect(await name('192.0.2.2', 'x-real-ip')).not.toBe(one);
  expect(await name('192.0.2.1', 'x-real-ip', 'another key')).not.toBe(one);
  expect(await name('192.0.2.1')).toBe(await name('192.0.2.2'));
  expect(await name(undefined, 'x-real-ip')).toBe(await name(undefined));
});
