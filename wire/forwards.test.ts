import { expect, test } from 'vitest';
import { checkTarget, type ForwardTarget, proxyPathOf, SITE, siteOf } from './forwards.ts';

const TARGET: ForwardTarget = { kind: 'pods', namespace: 'default', name: 'web', port: 80, scheme: 'http' };

test('a target is checked, so that its path leads nowhere else', () => {
  expect(checkTarget({ ...TARGET, scheme: undefined, more: 1 })).toEqual(TARGET);
  const wrong = [
    { kind: 'nodes' },
    { name: '../secrets' },
    { name: 'web:81' },
    { name: '' },
    { namespace: 'a/b' },
    { port: 0 },
    { port: 65536 },
    { port: '80' },
    { port: 1.5 },
    { scheme: 'ftp' },
  ];
  for (const each of wrong) expect([each, checkTarget({ ...TARGET, ...each })]).toEqual([each, undefined]);
  for (const each of [null, undefined, 'text', []]) expect(checkTarget(each)).toBeUndefined();
  expect(proxyPathOf(TARGET)).toBe('/api/v1/namespaces/default/pods/web:80/proxy');
  expect(proxyPathOf({ ...TARGET, kind: 'services', scheme: 'https' })).toBe(
    '/api/v1/namespaces/default/services/https:web:80/proxy',
  );
});

test('each port, cluster and account has a site of its own, always the same', async () => {
  const others: [ForwardTarget, string, string][] = [
    [TARGET, 'c1', 'ada'],
    [TARGET, 'c2', 'ada'],
    [TARGET, 'c1', 'bob'],
    [{ ...TARGET, kind: 'services' }, 'c1', 'ada'],
    [{ ...TARGET, port: 81 }, 'c1', 'ada'],
    [{ ...TARGET, scheme: 'https' }, 'c1', 'ada'],
    [{ ...TARGET, namespace: 'other' }, 'c1', 'ada'],
    [{ ...TARGET, name: 'other' }, 'c1', 'ada'],
  ];
  const sites = await Promise.all(others.map((each) => siteOf(...each)));
  expect(new Set(sites).size).toBe(others.length);
  for (const site of sites) expect(site).toMatch(SITE);
  expect(await siteOf({ scheme: 'http', port: 80, name: 'web', namespace: 'default', kind: 'pods' }, 'c1', 'ada')).toBe(
    sites[0],
  );
});
