import { expect, test } from 'vitest';
import { joinLine, serverOf } from './join-line.ts';

const origin = 'http://islet-1.localhost:6444';

test('a machine is sent to the API, which is not always where the dashboard is', () => {
  expect(serverOf({ local: true, api: { server: 'https://10.0.0.1:6443' } }, origin)).toBe('https://10.0.0.1:6443');
  expect(serverOf({ local: true }, origin)).toBeUndefined();
  expect(serverOf({ local: false }, 'https://islet.example')).toBe('https://islet.example');
});

test('the line names the cluster', () => {
  expect(joinLine('https://a:1', 'c1', 'ey')).toBe('join --server https://a:1/clusters/c1 --token ey');
});
