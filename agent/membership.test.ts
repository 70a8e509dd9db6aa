import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMembership } from './api/join.ts';
import { formerMemberships, keepMembership, namesCluster } from './membership.ts';

const token = (cluster: string) => `h.${Buffer.from(JSON.stringify({ cluster })).toString('base64url')}.s`;
const of = (cluster: string, nodeName: string) => ({ server: 'https://s', nodeName, token: token(cluster) });

test('A machine that joins anew remembers what it was before, once, and not what it is', () => {
  const first = of('a', 'n1');
  expect(formerMemberships(first, undefined)).toEqual([]);
  expect(formerMemberships(of('a', 'n1'), first)).toEqual([]);
  const second = { ...of('b', 'n1'), former: formerMemberships(of('b', 'n1'), first) };
  expect(second.former).toEqual([{ cluster: 'a', node: 'n1' }]);
  const third = { ...of('b', 'n2'), former: formerMemberships(of('b', 'n2'), second) };
  expect(third.former).toEqual([
    { cluster: 'a', node: 'n1' },
    { cluster: 'b', node: 'n1' },
  ]);
  expect(formerMemberships(of('a', 'n1'), third)).toEqual([
    { cluster: 'b', node: 'n1' },
    { cluster: 'b', node: 'n2' },
  ]);
});

test('A join token of another cluster of the same service is not taken for one of the cluster that is known', () => {
  const known = { server: 'https://s/clusters/a', nodeName: 'n1', token: token('a') };
  expect(namesCluster(known, {})).toBe(true);
  expect(namesCluster(known, { server: 'https://s', token: token('a') })).toBe(true);
  expect(namesCluster(known, { server: 'https://s/clusters/a/', token: token('a') })).toBe(true);
  expect(namesCluster(known, { server: 'https://s', token: token('b') })).toBe(false);
  expect(namesCluster(known, { server: 'https://s/clusters/b' })).toBe(false);
  expect(namesCluster(known, { server: 'https://other' })).toBe(false);
  expect(namesCluster(known, { server: 'nonsense' })).toBe(false);
});

test('Pods and Services of one cluster are forgotten when another is joined', () => {
  const state = mkdtempSync(join(tmpdir(), 'islet-membership-'));
  try {
    const files = ['checkpoint/pod.json', 'services.json', 'images.json'];
    mkdirSync(join(state, 'checkpoint'));
    for (const file of files) writeFileSync(join(state, file), '{}');
    const left = () => files.filter((file) => existsSync(join(state, file)));
    keepMembership(state, of('a', 'n1'), of('a', 'n1'));
    expect(left()).toEqual(files);
    const made = keepMembership(state, of('b', 'n1'), of('a', 'n1'));
    expect(left()).toEqual(['images.json']);
    expect(readMembership(state)).toEqual(made);
    expect(made.former).toEqual([{ cluster: 'a', node: 'n1' }]);
  } finally {
    rmSync(state, { recursive: true });
  }
});
