import { expect, test } from 'vitest';
import { isPublicHost } from './public-hosts.ts';

const isPublic = (url: string): boolean => isPublicHost(new URL(url).hostname);

test.each([
  'https://example.com/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://172.32.0.1/',
  'https://192.167.1.1/',
])('%s is public', (url) => expect(isPublic(url)).toBe(true));

test.each([
  'https://localhost/',
  'https://LOCALHOST./',
  'https://127.0.0.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://10.1.2.3/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://224.0.0.1/',
  'https://[::1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://intranet/',
  'https://web.default.svc/',
  'https://router.local/',
  'https://metadata.google.internal/',
])('%s is not', (url) => expect(isPublic(url)).toBe(false));
