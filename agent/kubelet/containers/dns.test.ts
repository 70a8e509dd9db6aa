import { expect, test } from 'vitest';
import { nodeResolvConf } from './dns.ts';

const files = (own: string, resolved = ''): string =>
  nodeResolvConf((path) => ({ '/etc/resolv.conf': own, '/run/systemd/resolve/resolv.conf': resolved })[path] ?? '');

test('A server on the loopback of the node is none for its pods', () => {
  expect(files('nameserver 127.0.0.53\n', 'nameserver 192.0.2.1\n')).toBe('nameserver 192.0.2.1\n');
  expect(files('nameserver 127.0.0.53\n')).toBe('nameserver 127.0.0.53\n');
  expect(files('nameserver 192.0.2.7\nnameserver 127.0.0.1\n', 'x')).toContain('192.0.2.7');
});
