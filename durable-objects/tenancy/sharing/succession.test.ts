import { expect, test } from 'vitest';
import type { Result } from '../../../wire/rpc.ts';
import type { LinkKind } from '../../../wire/sharing.ts';
import { openNodeSql } from '../../store/sql/node.ts';
import { TestKeys } from '../../testing/keys.ts';
import { TokenRegistry } from '../token-registry.ts';
import { ShareLinks } from './links.ts';
import { Members } from './members.ts';
import { Sharing } from './sharing.ts';

const now = Date.UTC(2026, 0, 1);

function shared() {
  const sql = openNodeSql();
  const registry = new TokenRegistry(sql);
  const cluster = { id: 'abcdefghij', name: 'shop', account: 'ada', without: [] };
  registry.create(cluster);
  const informed: string[] = [];
  let ids = 0;
  const made = new Sharing({
    cluster,
    members: new Members(sql),
    links: new ShareLinks(sql),
    registry,
    keys: () => TestKeys,
    now: () => now,
    uuid: () => `id-${++ids}`,
    ended: () => {},
    informAccount: (account) => informed.push(account),
    moved: () => {},
    informOrigin: async () => {},
  });
  const link = async (role: LinkKind) => value(await made.createLink({ role, seconds: 3600, label: '', by: '' })).id;
  const roles = () => Object.fromEntries(made.members().map(({ account, role }) => [account, role]));
  return { made, link, informed, roles };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

test('a visitor who signs in has the role in the account, and came by the link; it takes no greater one away', async () => {
  const { made, link, informed, roles } = shared();
  const [edit, admin] = [await link('edit'), await link('admin')];
  value(made.accept(edit, 'visit', ''));
  expect(made.succeed('visit', 'bob')).toEqual({ name: 'shop', role: 'edit' });
  expect([roles(), informed]).toEqual([{ bob: 'edit' }, ['visit']]);
  expect(made.links()[0]?.usedBy.map(({ account }) => account)).toEqual(['bob']);
  // Asked again, as the answer got lost.
  expect(made.succeed('visit', 'bob')).toEqual({ name: 'shop', role: 'edit' });
  value(made.accept(admin, 'bob', ''));
  value(made.accept(edit, 'cafe', ''));
  expect(made.succeed('cafe', 'bob')).toEqual({ name: 'shop', role: 'admin' });
  expect(roles()).toEqual({ bob: 'admin' });
});

test('who was removed does not come back by a visit, and the owner becomes no member', async () => {
  const { made, link, roles } = shared();
  const view = await link('view');
  value(made.accept(view, 'bob', ''));
  made.removeMember('bob', true);
  value(made.accept(view, 'visit', ''));
  expect(made.succeed('visit', 'bob')).toBeUndefined();
  value(made.accept(view, 'own', ''));
  expect(made.succeed('own', 'ada')).toBeUndefined();
  expect(roles()).toEqual({});
});

test('a student who signs in stays on the board with what was done', async () => {
  const { made, link } = shared();
  const copy = await link('copy');
  value(made.accept(copy, 'visit', 'Eve'));
  made.report(copy, { account: 'visit', name: 'Eve', lesson: '01', done: 2, steps: 5 });
  made.copyMoved(copy, 'visit', 'eve');
  made.report(copy, { account: 'eve', name: 'Eve', lesson: '01', done: 3, steps: 5 });
  expect(made.links()[0]?.usedBy).toMatchObject([{ account: 'eve', progress: { done: 3 } }]);
});

test('links end when another person has the cluster; members stay', async () => {
  const { made, link, roles } = shared();
  const view = await link('view');
  value(made.accept(view, 'bob', ''));
  made.endLinks();
  expect(made.accept(view, 'eve', '')).toMatchObject({ status: { code: 404 } });
  expect(roles()).toEqual({ bob: 'view' });
});
