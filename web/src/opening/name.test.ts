import { expect, test } from 'vitest';
import { clusterName } from './name.ts';

test.each([
  ['https://k8s.io/examples/application/guestbook/Frontend_deployment.yaml', 'frontend-deployment'],
  ['https://example.com/all.yaml?raw=1', 'all'],
  ['https://example.com/%E7%8E%8B.yaml', 'opened'],
  ['https://example.com/', 'opened'],
  ['https://example.com/%', 'opened'],
  [`https://example.com/${'a-'.repeat(40)}.json`, `${'a-'.repeat(19)}a`],
])('the cluster of %s is %s', (address, name) => {
  expect(clusterName(address, [])).toBe(name);
});

test('a name that is taken gets a number', () => {
  expect(clusterName('https://example.com/all.yaml', ['all', 'all-2'])).toBe('all-3');
});
