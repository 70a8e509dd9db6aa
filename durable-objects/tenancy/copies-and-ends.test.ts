import { expect, test } from 'vitest';
import { failure } from '../../kube/machinery/status.ts';
import type { AccountKind } from '../../wire/account-rpc.ts';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { AccountClusters } from './account-clusters.ts';
import { ClusterLifecycle } from './cluster-lifecycle.ts';
import { PutAwayClusters } from './put-away-clusters.ts';

const SPEC = { simulatedNodes: 0, without: ['scheduler'] } as const;
const HOUR = 3_600_000;

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

function account(clusters = 3, kind?: () => AccountKind) {
  const told: string[] = [];
  const clock = { now: 0 };
  const answers = new Map<string, () => unknown>();
  const sql = openNodeSql();
  const owned = new AccountClusters(sql, { clusters, clustersPerMinute: 100 });
  let count = 0;
  const made = new ClusterLifecycle({
    clusters: owned,
    cluster: (id) => {
      const note = async (what: string) => void told.push(`${id} ${what}`);
      return {
        initialise: () => note('initialise'),
        destroy: () => note('destroy'),
        adminToken: async () => ({ ok: true, value: 'token' }),
        call: async (method: string, request: unknown) => {
          await note(`${method} ${JSON.stringify(request)}`);
          const answer = answers.get(method)?.();
          return answer ?? { ok: true, value: { revision: 7, without: SPEC.without } };
        },
      } as unknown as ClusterRpc;
    },
    newId: () => `c${++count}`,
    now: () => clock.now,
    putAway: new PutAwayClusters(sql),
    undeleteHours: 72,
    ...(kind && { kind }),
  });
  const names = () => value(made.list()).map(({ name }) => name);
  return { made, told, clock, answers, names };
}

test('a deleted cluster is put away, its name is free at once, and it can be had back for a time', async () => {
  const { made, told, clock, names } = account();
  value(await made.create('ada', 'web', SPEC));
  expect(value(await made.delete('web'))).toMatchObject({ name: 'web', until: '1970-01-04T00:00:00Z' });
  expect(told.at(-1)).toBe(`c1 putAway {"until":${72 * HOUR}}`);
  expect(names()).toEqual([]);
  expect(value(made.deleted())).toMatchObject([{ id: 'c1', name: 'web' }]);
  value(await made.create('ada', 'web', SPEC));
  expect(await made.undelete('web')).toMatchObject({ ok: false, status: { reason: 'AlreadyExists' } });
  expect(value(await made.undelete('web', 'old'))).toMatchObject({ id: 'c1', name: 'old', without: ['scheduler'] });
  expect(told.at(-1)).toBe('c1 takeUp {"name":"old"}');
  expect([names(), value(made.deleted())]).toEqual([['old', 'web'], []]);
  value(await made.delete('old'));
  clock.now = 73 * HOUR;
  expect(value(made.deleted())).toEqual([]);
  expect(await made.undelete('old')).toMatchObject({ ok: false, status: { code: 404 } });
});

test('a cluster that is deleted at once, or whose object is gone, cannot be had back', async () => {
  const { made, told, answers, names } = account();
  value(await made.create('ada', 'web', SPEC));
  expect(value(await made.delete('web', true))).not.toHaveProperty('until');
  expect([told.at(-1), value(made.deleted())]).toEqual(['c1 destroy', []]);
  value(await made.create('ada', 'web', SPEC));
  value(await made.delete('web'));
  answers.set('takeUp', () => ({ ok: false, status: failure('NotFound', 'gone') }));
  expect(await made.undelete('web')).toMatchObject({ ok: false, status: { code: 404 } });
  expect([names(), value(made.deleted())]).toEqual([[], []]);
});

test('an undelete that broke off is made again, and one beyond the quota is refused', async () => {
  const { made, answers, names } = account(1);
  value(await made.create('ada', 'web', SPEC));
  value(await made.delete('web'));
  value(await made.create('ada', 'other', SPEC));
  expect(await made.undelete('web')).toMatchObject({ ok: false, status: { code: 403 } });
  value(await made.delete('other', true));
  answers.set('takeUp', () => {
    throw new Error('the object was replaced');
  });
  await expect(made.undelete('web')).rejects.toThrow('replaced');
  answers.clear();
  value(await made.undelete('web'));
  expect(names()).toEqual(['web']);
});

test('a cluster that comes back has the limits that its account has by now', async () => {
  let kind: AccountKind = 'visitor';
  const { made, told } = account(3, () => kind);
  value(await made.create('ada', 'web', SPEC));
  value(await made.delete('web'));
  kind = 'person';
  value(await made.undelete('web'));
  expect(told.at(-1)).toBe('c1 setKind {"kind":"person"}');
});

test('a cluster whose undeletion was not answered stays the account’s: it may be taken up', async () => {
  const { made, told, answers, names, clock } = account(30);
  value(await made.create('ada', 'web', SPEC));
  value(await made.delete('web'));
  answers.set('takeUp', () => {
    throw new Error('the answer was lost');
  });
  await expect(made.undelete('web')).rejects.toThrow('lost');
  expect(names()).toEqual(['web']);
  for (let i = 0; i < 21; i++) {
    clock.now++;
    value(await made.create('ada', `c-${i}`, SPEC));
    value(await made.delete(`c-${i}`));
  }
  expect(told).not.toContain('c1 destroy');
});

test('a cluster that is being taken up cannot be deleted meanwhile', async () => {
  const { made, answers, names } = account();
  value(await made.create('ada', 'web', SPEC));
  value(await made.delete('web'));
  let done = (_: unknown): void => {};
  answers.set('takeUp', () => new Promise((resolve) => (done = resolve)));
  const undeleted = made.undelete('web');
  await new Promise((resolve) => setTimeout(resolve));
  expect(await made.delete('web')).toMatchObject({ ok: false, status: { code: 409 } });
  expect(await made.undelete('web')).toMatchObject({ ok: false, status: { code: 409 } });
  done({ ok: true, value: {} });
  value(await undeleted);
  expect([names(), value(made.deleted())]).toEqual([['web'], []]);
});

test('of many deleted clusters the oldest end', async () => {
  const { made, told, clock } = account(100);
  for (let i = 0; i < 22; i++) {
    clock.now = i * HOUR;
    value(await made.create('ada', `c-${i}`, SPEC));
    value(await made.delete(`c-${i}`));
  }
  expect(told.filter((each) => each.endsWith('destroy'))).toEqual(['c1 destroy', 'c2 destroy']);
  expect(value(made.deleted())).toHaveLength(20);
  await made.destroyAll();
  expect(value(made.deleted())).toEqual([]);
});

test('no more deleted clusters are kept than the account may have', async () => {
  const { made, clock } = account(2);
  for (let i = 0; i < 4; i++) {
    clock.now = i * HOUR;
    value(await made.create('ada', `c-${i}`, SPEC));
    value(await made.delete(`c-${i}`));
  }
  expect(value(made.deleted()).map(({ name }) => name)).toEqual(['c-3', 'c-2']);
});

test('a fork is of one moment, is tried again at that moment, and leaves nothing where it is refused', async () => {
  const { made, told, answers, names } = account();
  const { id } = value(await made.create('ada', 'web', SPEC));
  const source = { id };
  let fails = 1;
  answers.set('restoreFrom', () => {
    if (fails-- > 0) throw new Error('the object was replaced');
    return undefined;
  });
  expect(value(await made.fork('ada', 'copy', { source }))).toEqual({ id: 'c2', name: 'copy', token: 'token' });
  expect(value(made.list()).map(({ without }) => without)).toEqual([['scheduler'], ['scheduler']]);
  const cluster = { id: 'c2', name: 'copy', account: 'ada', without: ['scheduler'] };
  const restore = `c2 restoreFrom ${JSON.stringify({ cluster, source: 'c1', revision: 7 })}`;
  expect(told.slice(1)).toEqual(['c1 snapshotAt {"by":"ada"}', restore, restore]);
  const refusal = failure('Expired', 'revision 1 is no longer kept');
  answers.set('restoreFrom', () => ({ ok: false, status: refusal }));
  expect(await made.fork('ada', 'second', { source, revision: 1 })).toEqual({ ok: false, status: refusal });
  expect([told.at(-1), names()]).toEqual(['c3 destroy', ['copy', 'web']]);
  answers.set('snapshotAt', () => ({ ok: false, status: refusal }));
  expect(await made.fork('ada', 'third', { source, revision: 1 })).toMatchObject({ ok: false });
});
