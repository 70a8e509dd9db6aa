import { expect, test } from 'vitest';
import type { Claims } from '../../../wire/identity.ts';
import type { Result } from '../../../wire/rpc.ts';
import type { LinkKind } from '../../../wire/sharing.ts';
import { openNodeSql } from '../../store/sql/node.ts';
import { TestKeys } from '../../testing/keys.ts';
import { TokenRegistry } from '../token-registry.ts';
import { ShareLinks } from './links.ts';
import { Members } from './members.ts';
import { Sharing } from './sharing.ts';

const DAY = 24 * 3600_000;
const cluster = { id: 'abcdefghij', name: 'shop', account: 'ada', without: [] };

function sharing() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const sql = openNodeSql();
  const registry = new TokenRegistry(sql);
  registry.create(cluster);
  const ended: string[] = [];
  const informed: string[] = [];
  const told: string[] = [];
  let ids = 0;
  const open = () =>
    new Sharing({
      cluster,
      members: new Members(sql),
      links: new ShareLinks(sql),
      registry,
      keys: () => TestKeys,
      now: () => clock.now,
      uuid: () => `id-${++ids}`,
      ended: (jti) => ended.push(jti),
      informAccount: (account) => informed.push(account),
      moved: ({ link }, from, to) => void told.push(`${link} ${from} ${to}`),
      informOrigin: async ({ cluster: id, link }, { account, done }) =>
        void told.push(`${id} ${link} ${account} ${done}`),
    });
  const made = open();
  const link = async (role: LinkKind, more: { seconds?: number; maxUses?: number } = {}) =>
    value(await made.createLink({ role, seconds: 7 * 24 * 3600, label: 'class', by: 'Ada', ...more }));
  return { made, open, link, clock, ended, informed, told, registry, sql };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

const token = (account: string, jti: string): Claims => ({ account, jti, exp: 2e9 }) as Claims;

test('a link is a token for its cluster alone, offers what it gives, and shows who came by it', async () => {
  const { made, link, clock } = sharing();
  const { token: signed, id } = await link('edit');
  const claims = await TestKeys.verify(signed, clock.now);
  expect(claims).toMatchObject({ use: 'link', cluster: 'abcdefghij', jti: id, groups: [] });
  expect(value(made.offer(id))).toEqual({ cluster: 'shop', role: 'edit', by: 'Ada', expires: '2026-01-08T00:00:00Z' });
  expect(value(made.accept(id, 'bob', 'Bob'))).toEqual({ name: 'shop', role: 'edit' });
  expect(made.links()).toMatchObject([
    { id, label: 'class', uses: 1, usedBy: [{ account: 'bob', name: 'Bob', at: '2026-01-01T00:00:00Z' }] },
  ]);
  expect(JSON.stringify(made.links())).not.toContain(signed);
});

test('one person counts once, and a link that is used up still opens for those who came by it', async () => {
  const { made, link } = sharing();
  const { id } = await link('view', { maxUses: 1 });
  value(made.accept(id, 'bob', ''));
  value(made.accept(id, 'bob', ''));
  expect(made.accept(id, 'eve', '')).toMatchObject({ status: { code: 403 } });
  expect(made.offer(id)).toMatchObject({ status: { code: 403 } });
});

test('a link gives more and takes nothing', async () => {
  const { made, link } = sharing();
  const [edit, view, admin] = [await link('edit'), await link('view'), await link('admin')];
  expect(value(made.accept(edit.id, 'bob', '')).role).toBe('edit');
  expect(value(made.accept(view.id, 'bob', '')).role).toBe('edit');
  expect(value(made.accept(admin.id, 'bob', '')).role).toBe('admin');
});

test('an expired link and a revoked one give nothing; who came by it stays, unless asked', async () => {
  const { made, link, clock } = sharing();
  const [short, kept, taken] = [await link('view', { seconds: 60 }), await link('view'), await link('view')];
  value(made.accept(kept.id, 'bob', ''));
  value(made.accept(taken.id, 'eve', ''));
  clock.now += DAY;
  expect(made.accept(short.id, 'mia', '')).toMatchObject({ status: { code: 404 } });
  made.revokeLink(kept.id, false);
  made.revokeLink(taken.id, true);
  expect(made.accept(kept.id, 'mia', '')).toMatchObject({ status: { code: 404 } });
  expect(made.members().map(({ account }) => account)).toEqual(['bob']);
  expect(made.revokeLink(kept.id, false)).toBeUndefined();
});

test('what a member has open ends when the role changes or goes, and the account is told', async () => {
  const { made, link, ended, informed } = sharing();
  const { id } = await link('view');
  value(made.accept(id, 'bob', ''));
  expect(made.roleOf(token('bob', 't1'))).toBe('view');
  expect(made.roleOf(token('eve', 't9'))).toBeUndefined();
  made.changeRole('bob', 'view');
  expect(ended).toEqual([]);
  made.changeRole('bob', 'edit');
  expect([ended, informed]).toEqual([['t1'], []]);
  expect(made.roleOf(token('bob', 't1'))).toBe('edit');
  made.removeMember('bob', true);
  expect([ended, informed]).toEqual([['t1', 't1'], ['bob']]);
  expect(made.roleOf(token('bob', 't1'))).toBeUndefined();
  expect([made.changeRole('bob', 'view'), made.removeMember('bob', true)]).toEqual([undefined, undefined]);
});

test('a member who was removed does not come back by the same link; one who left may', async () => {
  const { made, link } = sharing();
  const [first, second] = [await link('view'), await link('view')];
  for (const account of ['bob', 'eve']) value(made.accept(first.id, account, ''));
  made.removeMember('bob', true);
  made.removeMember('eve', false);
  expect(made.accept(first.id, 'bob', '')).toMatchObject({ status: { code: 403 } });
  expect(value(made.accept(first.id, 'eve', '')).role).toBe('view');
  expect(value(made.accept(second.id, 'bob', '')).role).toBe('view');
});

test('a member whose role was taken back does not get it again by the link that gave it', async () => {
  const { made, link } = sharing();
  const { id: admin } = await link('admin');
  made.accept(admin, 'bob', 'Bob');
  made.changeRole('bob', 'view');
  expect(value(made.accept(admin, 'bob', 'Bob')).role).toBe('view');
  expect(made.members()).toMatchObject([{ account: 'bob', role: 'view' }]);
  // Nor does one who was removed and came back by a lesser link.
  made.removeMember('bob', true);
  const { id: view } = await link('view');
  expect(value(made.accept(view, 'bob', 'Bob')).role).toBe('view');
  expect(value(made.accept(admin, 'bob', 'Bob')).role).toBe('view');
  // A link that was not theirs yet gives more.
  const { id: edit } = await link('edit');
  expect(value(made.accept(edit, 'bob', 'Bob')).role).toBe('edit');
});

test('of a link that has expired nothing is left once another is made', async () => {
  const { made, link, clock, sql } = sharing();
  const { id } = await link('copy');
  made.accept(id, 'bob', 'Bob');
  made.report(id, { account: 'bob', name: 'Bob', lesson: 'pods', done: 1, steps: 3 });
  clock.now += 8 * DAY;
  await link('view');
  expect([...sql.query('SELECT link FROM islet_link_uses'), ...sql.query('SELECT link FROM islet_progress')]).toEqual(
    [],
  );
});

test('a link for copies makes nobody a member, and shows how far the lesson of each has come', async () => {
  const { made, link, clock } = sharing();
  const { id } = await link('copy', { maxUses: 2 });
  for (const account of ['bob', 'eve']) expect(value(made.accept(id, account, '')).role).toBe('copy');
  expect(made.accept(id, 'mia', '')).toMatchObject({ status: { code: 403 } });
  expect([made.members(), made.roleOf(token('bob', 't'))]).toEqual([[], undefined]);
  const report = (account: string, done: number) =>
    made.report(id, { account, name: 'Bob', lesson: '01-rollouts', done, steps: 5 });
  report('bob', 1);
  clock.now += 60_000;
  report('bob', 2);
  // An account that never came by the link.
  report('mia', 5);
  expect(made.links()[0]?.usedBy).toEqual([
    {
      account: 'bob',
      name: 'Bob',
      at: '2026-01-01T00:00:00Z',
      progress: { lesson: '01-rollouts', done: 2, steps: 5, at: '2026-01-01T00:01:00Z' },
    },
    { account: 'eve', name: '', at: '2026-01-01T00:00:00Z' },
  ]);
});

test('a copy tells the cluster that it was copied of; another cluster tells nobody', async () => {
  const { made, open, told } = sharing();
  const progress = { name: '', lesson: 'a', done: 1, steps: 2 };
  expect(await made.tellOrigin(progress)).toBe(false);
  made.setOrigin({ cluster: 'origin-id', link: 'link-1' });
  expect(await open().tellOrigin(progress)).toBe(true);
  expect(told).toEqual(['origin-id link-1 ada 1']);
});

test('members and their tokens are known after a sleep', async () => {
  const { made, open, link, ended } = sharing();
  value(made.accept((await link('view')).id, 'bob', ''));
  made.roleOf(token('bob', 't1'));
  const awake = open();
  expect(awake.roleOf(token('bob', 't1'))).toBe('view');
  awake.removeMember('bob', true);
  expect(ended).toEqual(['t1']);
});

test('a member’s kubeconfig is listed, and made for members alone', async () => {
  const { made, link, registry, clock } = sharing();
  expect(await made.memberToken('bob')).toBeUndefined();
  value(made.accept((await link('view')).id, 'bob', ''));
  const claims = await TestKeys.verify((await made.memberToken('bob')) ?? '', clock.now);
  expect(claims).toMatchObject({ use: 'cluster', member: true, account: 'bob', groups: [], cluster: 'abcdefghij' });
  expect(registry.list(clock.now)).toMatchObject([{ id: claims.jti, kind: 'member' }]);
});

test('kubeconfigs of members leave room for tokens of the owner', () => {
  const { registry, clock } = sharing();
  const [created, expires] = [clock.now, clock.now + DAY];
  for (let n = 0; n < 5000; n++) registry.add({ jti: `m-${n}`, kind: 'member', created, expires });
  expect([registry.isFullForMembers(clock.now), registry.isFull(clock.now)]).toEqual([true, false]);
  expect(registry.isFullForMembers(clock.now + 2 * DAY)).toBe(false);
});

test('one member cannot use up what the others may have', async () => {
  const { made, link, registry, clock } = sharing();
  const { id } = await link('view');
  for (const account of ['bob', 'eve']) value(made.accept(id, account, ''));
  for (let n = 0; n < 100; n++) await made.memberToken('bob');
  expect(['bob', 'eve'].map((account) => registry.isFullFor(account, clock.now))).toEqual([true, false]);
  registry.revoke(registry.list(clock.now)[0]?.id ?? '', clock.now);
  expect(registry.isFullFor('bob', clock.now)).toBe(false);
});

test('a cluster that is not shared has no rows for it', () => {
  const { made, sql } = sharing();
  expect([made.members(), made.links(), made.roleOf(token('bob', 't'))]).toEqual([[], [], undefined]);
  const names = [...sql.query<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'islet_%'")];
  expect(names.map(({ name }) => name).sort()).toEqual(['islet_cluster', 'islet_tokens']);
});

test('who administers the cluster now can copy it; a role that was taken back gives no copy', async () => {
  const { made, link } = sharing();
  const { id } = await link('admin');
  value(made.accept(id, 'bob', 'Bob'));
  expect([made.refusesCopy('ada'), made.refusesCopy('bob')]).toEqual([undefined, undefined]);
  made.changeRole('bob', 'view');
  expect(made.refusesCopy('bob')).toMatchObject({ status: { code: 403 } });
  made.removeMember('bob', true);
  expect(made.refusesCopy('bob')).toMatchObject({ status: { code: 404 } });
});
