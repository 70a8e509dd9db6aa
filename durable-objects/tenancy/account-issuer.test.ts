import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import { keySetFrom } from '../../wire/tokens.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { AccountCredentials } from './account-credentials.ts';
import { AccountIssuer } from './account-issuer.ts';
import { CODE_SECONDS } from './claims.ts';

const DAY = 24 * 3600_000;

const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

const keys = keySetFrom(JSON.stringify({ ...privateKey, alg: 'ES256' }));

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

function issuer() {
  const clock: { now: number; alarm?: number } = { now: 0 };
  const refused: string[] = [];
  const broken = new Set<string>();
  let count = 0;
  const made = new AccountIssuer({
    credentials: new AccountCredentials(openNodeSql()),
    sees: (id) => id !== 'foreign',
    name: () => 'Ada',
    cluster: (cluster) =>
      ({
        refuseTokens: async (tokens) => {
          if (broken.has(cluster)) throw new Error('unreachable');
          for (const { id } of tokens) refused.push(`${cluster} refuses ${id}`);
        },
      }) as ClusterRpc,
    keys: () => keys,
    now: () => clock.now,
    uuid: () => `id-${++count}`,
    setAlarm(due) {
      clock.alarm = due;
    },
  });
  const ids = () => value(made.list('')).map(({ id, kind, issuer: of }) => [id, kind, of]);
  return { made, clock, refused, broken, ids };
}

test('the bootstrap secret opens an account once; a reset revokes all that was there', async () => {
  const { made, refused, ids } = issuer();
  const { token } = value(await made.open('alice', false));
  expect(await keys.verify(token, 1000)).toMatchObject({ use: 'account', account: 'alice', jti: 'id-1' });
  expect(await made.open('alice', false)).toMatchObject({ ok: false, status: { code: 409 } });
  expect(made.admits('id-1', 'c1')).toEqual({ name: 'Ada' });
  value(await made.open('alice', true));
  expect(ids()).toEqual([['id-2', 'token', undefined]]);
  expect(refused).toEqual(['c1 refuses id-1']);
  expect([made.refuses('id-1')?.ok, made.refuses('id-2')]).toEqual([false, undefined]);
});

test('issued credentials end with their issuer, so none renews itself', async () => {
  const { made, clock } = issuer();
  value(await made.open('alice', false));
  clock.now = 364 * DAY + 18 * 3600_000;
  const child = value(await made.token({ issuer: 'id-1', account: 'alice', seconds: 365 * 24 * 3600 }));
  expect((await keys.verify(child.token, clock.now)).exp).toBe((365 * DAY) / 1000);
  const { code } = value(await made.code('id-1', 'alice'));
  const session = await made.redeem('alice', (await keys.verify(code, clock.now)).jti, 'b');
  expect(session?.seconds).toBe(6 * 3600);
  clock.now = 365 * DAY;
  expect(value(made.list(''))).toEqual([]);
  expect(await made.token({ issuer: 'id-1', account: 'alice', seconds: 60 })).toMatchObject({ ok: false });
});

test('a code makes one session, and none when it is old or its token was revoked', async () => {
  const { made, clock } = issuer();
  value(await made.open('alice', false));
  const code = async () => (await keys.verify(value(await made.code('id-1', 'alice')).code, clock.now)).jti;
  const [first, late, orphan] = [await code(), await code(), await code()];
  expect(await made.redeem('alice', first, 'b')).toMatchObject({ seconds: 12 * 3600 });
  expect(await made.redeem('alice', first, 'b')).toBeUndefined();
  expect(await made.redeem('alice', 'id-1', 'b')).toBeUndefined();
  clock.now = CODE_SECONDS * 1000;
  expect(await made.redeem('alice', late, 'b')).toBeUndefined();
  clock.now = 0;
  await made.revoke('id-1');
  expect(await made.redeem('alice', orphan, 'b')).toBeUndefined();
});

test('revoking a credential revokes those issued with it, and informs the clusters that were reached', async () => {
  const { made, refused, broken, ids } = issuer();
  value(await made.open('alice', false));
  value(await made.token({ issuer: 'id-1', account: 'alice', seconds: 3600 }));
  const { code } = value(await made.code('id-2', 'alice'));
  await made.redeem('alice', (await keys.verify(code, 0)).jti, 'b');
  expect(ids()).toEqual([
    ['id-1', 'token', undefined],
    ['id-2', 'token', 'id-1'],
    ['id-4', 'session', 'id-2'],
  ]);
  expect([made.admits('id-4', 'c1'), made.admits('id-4', 'c2'), made.admits('id-1', 'c1')]).toEqual([
    { name: 'Ada' },
    { name: 'Ada' },
    { name: 'Ada' },
  ]);
  expect(made.admits('id-4', 'foreign')).toBe('no such cluster');
  broken.add('c2');
  await expect(made.revoke('id-2')).rejects.toThrow('unreachable');
  expect(ids()).toEqual([['id-1', 'token', undefined]]);
  expect([made.admits('id-4', 'c1'), refused]).toEqual(['revoked', ['c1 refuses id-4']]);
  broken.clear();
  expect(await made.revoke('id-2')).toMatchObject({ ok: false, status: { code: 404 } });
  expect(refused).toEqual(['c1 refuses id-4', 'c2 refuses id-4']);
});

test('a cluster that could not be informed of a revocation is informed by an alarm', async () => {
  const { made, clock, broken, refused } = issuer();
  value(await made.open('alice', false));
  value(await made.token({ issuer: 'id-1', account: 'alice', seconds: 3600 }));
  for (const cluster of ['c1', 'c2']) made.admits('id-2', cluster);
  broken.add('c2');
  await expect(made.revoke('id-2')).rejects.toThrow('unreachable');
  expect([clock.alarm, refused]).toEqual([60_000, ['c1 refuses id-2']]);
  clock.now = 60_000;
  await expect(made.alarm()).rejects.toThrow('unreachable');
  expect(clock.alarm).toBe(120_000);
  broken.clear();
  await made.alarm();
  expect([clock.alarm, refused.at(-1)]).toEqual([undefined, 'c2 refuses id-2']);
});
