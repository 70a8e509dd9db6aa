import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { keySetFrom } from '../../wire/tokens.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { TokenIssuer } from './token-issuer.ts';
import { TokenRegistry } from './token-registry.ts';

const DAY = 24 * 3600 * 1000;
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const keys = keySetFrom(JSON.stringify({ ...privateKey, alg: 'ES256' }));

function setUp() {
  const sql = openNodeSql();
  const cluster = { id: 'abcdefghij', name: 'web', account: 'default', without: [] };
  const closed: string[] = [];
  const life = { now: 0 };
  let count = 0;
  const open = () => {
    const registry = new TokenRegistry(sql);
    registry.create(cluster);
    const revoked = (jti: string) => void closed.push(jti);
    const tokens = new TokenIssuer({
      cluster,
      registry,
      keys: () => keys,
      now: () => life.now,
      uuid: () => `id-${++count}`,
      revoked,
    });
    return { registry, tokens };
  };
  return { sql, closed, life, open, ...open() };
}

test('issued tokens are listed, without the tokens themselves, until they have expired', async () => {
  const { tokens, life } = setUp();
  const token = await tokens.admin();
  expect(await keys.verify(token, 1000)).toMatchObject({ sub: 'islet:admin', jti: 'id-1', cluster: 'abcdefghij' });
  life.now = 5000;
  await tokens.join(3600, 2);
  const admin = { id: 'id-1', kind: 'admin', created: '1970-01-01T00:00:00Z', expires: '1971-01-01T00:00:00Z' };
  const join = { id: 'id-2', kind: 'join', created: '1970-01-01T00:00:05Z', expires: '1970-01-01T01:00:05Z', uses: 2 };
  expect(tokens.list()).toEqual([admin, join]);
  life.now = 2 * DAY;
  expect(tokens.list()).toEqual([admin]);
});

test('a revoked token counts no longer, in this life and the next, and its sockets are closed', async () => {
  const { registry, tokens, closed, open } = setUp();
  await tokens.admin();
  await tokens.admin();
  expect(registry.isRevoked('id-1')).toBe(false);
  expect(tokens.revoke('id-1')).toMatchObject({ id: 'id-1', kind: 'admin' });
  expect([registry.isRevoked('id-1'), registry.isRevoked('id-2')]).toEqual([true, false]);
  expect(tokens.list().map(({ id }) => id)).toEqual(['id-2']);
  expect(open().registry.isRevoked('id-1')).toBe(true);
  expect([tokens.revoke('id-1'), tokens.revoke('never-given')]).toEqual([undefined, undefined]);
  expect(closed).toEqual(['id-1']);
});

test('a revocation is remembered until the token would have expired', async () => {
  const { sql, tokens, life } = setUp();
  await tokens.join(60, 1);
  tokens.revoke('id-1');
  const rows = () => Array.from(sql.query('SELECT jti FROM islet_tokens'), ({ jti }) => jti);
  await tokens.admin();
  expect(rows()).toEqual(['id-1', 'id-2']);
  life.now = DAY;
  await tokens.admin();
  expect(rows()).toEqual(['id-2', 'id-3']);
});

test('a join token is used up, and runs out, and can be revoked', async () => {
  const { tokens, life } = setUp();
  for (const [seconds, uses] of [
    [60, 2],
    [60, 9],
    [600, 9],
  ] as const) {
    await tokens.join(seconds, uses);
  }
  expect(await tokens.exchange('id-1', 'a')).toBeDefined();
  expect(await tokens.exchange('id-1', 'b')).toBeDefined();
  expect(tokens.exchange('id-1', 'c')).toBeUndefined();
  expect(tokens.list().map(({ id }) => id)).not.toContain('id-1');
  life.now = 61_000;
  expect(tokens.exchange('id-2', 'c')).toBeUndefined();
  tokens.revoke('id-3');
  expect([tokens.exchange('id-3', 'c'), tokens.exchange('unknown', 'c')]).toEqual([undefined, undefined]);
});

test('a machine that joins as a node revokes another machine’s tokens for a node of that name', async () => {
  const { registry, tokens, closed } = setUp();
  await tokens.join(60, 9);
  await tokens.exchange('id-1', 'n1');
  await tokens.exchange('id-1', 'n2');
  await tokens.exchange('id-1', 'n1');
  expect(closed).toEqual(['id-2']);
  expect(tokens.list().map(({ id, node }) => [id, node])).toEqual([
    ['id-1', undefined],
    ['id-3', 'n2'],
    ['id-4', 'n1'],
  ]);
  expect(['id-2', 'id-3', 'id-4'].map((jti) => registry.isRevoked(jti))).toEqual([true, false, false]);
});

test('a node renews its token; the one it holds counts on until the new one is renewed in its turn', async () => {
  const { registry, tokens, closed, life } = setUp();
  await tokens.join(60, 9);
  await tokens.exchange('id-1', 'n1');
  await tokens.exchange('id-1', 'n2');
  life.now = 300 * DAY;
  const token = await tokens.renew('id-2', 'n1');
  expect(await keys.verify(token ?? '', 660 * DAY)).toMatchObject({ sub: 'system:node:n1', node: 'n1', jti: 'id-4' });
  // The answer got lost: once more with the old one.
  life.now += 2 * DAY;
  await tokens.renew('id-2', 'n1');
  expect([closed, registry.isRevoked('id-2')]).toEqual([['id-4'], false]);
  life.now += 2 * DAY;
  await tokens.renew('id-5', 'n1');
  expect(closed).toEqual(['id-4', 'id-2']);
  expect(tokens.list().map(({ id }) => id)).toEqual(['id-3', 'id-5', 'id-6']);
  expect(tokens.renew('id-2', 'n1')).toBeUndefined();
});

test('a token that is renewed within a day is signed again: renewing leaves no more than a row a day', async () => {
  const { registry, tokens, closed, life, sql } = setUp();
  await tokens.join(60, 9);
  await tokens.exchange('id-1', 'n1');
  life.now = 300 * DAY + 1;
  const token = await tokens.renew('id-2', 'n1');
  life.now += 1000;
  for (const held of ['id-2', 'id-3', 'id-3']) {
    const again = await tokens.renew(held, 'n1');
    const claims = (text = '') => keys.verify(text, life.now);
    expect(await claims(again)).toEqual(await claims(token));
  }
  // The one before ends when the fresh one is used.
  expect([closed, registry.isRevoked('id-3')]).toEqual([['id-2'], false]);
  expect(Array.from(sql.query('SELECT jti FROM islet_tokens'), ({ jti }) => jti)).toEqual(['id-2', 'id-3']);
});

test('with another owner kubeconfigs and join tokens end, and machines stay', async () => {
  const { tokens, closed } = setUp();
  await tokens.admin();
  await tokens.join(60, 2);
  await tokens.exchange('id-2', 'n1');
  tokens.endKubeconfigs();
  expect(closed.toSorted()).toEqual(['id-1', 'id-2']);
  expect(tokens.list().map(({ kind }) => kind)).toEqual(['node']);
});

test('what a token of an account has issued ends with it', async () => {
  const { tokens, closed } = setUp();
  await tokens.admin(60, 'thief');
  await tokens.admin(60);
  tokens.refuse('thief', 1000 * DAY);
  expect(closed).toEqual(['thief', 'id-1']);
  expect(tokens.list().map(({ id }) => id)).toEqual(['id-2']);
});
