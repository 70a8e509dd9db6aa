import { expect, test } from 'vitest';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { AccountClusters } from './account-clusters.ts';
import { ClusterLifecycle } from './cluster-lifecycle.ts';

const SPEC = { simulatedNodes: 0, without: [] };

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}

function lifecycle() {
  const events: string[] = [];
  const fails = new Set<string>();
  const step = async (what: string, id: string): Promise<void> => {
    events.push(`${what} ${id}`);
    if (fails.has(what)) throw new Error(`${what} failed`);
  };
  const clusters = new AccountClusters(openNodeSql(), { clusters: 10, clustersPerMinute: 100 });
  let count = 0;
  const open = () =>
    new ClusterLifecycle({
      clusters,
      cluster: (id) =>
        ({
          initialise: () => step('initialise', id),
          destroy: () => step('destroy', id),
          adminToken: async () => ({ ok: true, value: 'token' }),
          call: async (method: string) => {
            await step(method, id);
            return { ok: true, value: { revision: 7, without: [] } };
          },
        }) as unknown as ClusterRpc,
      newId: () => `c${++count}`,
      now: () => 0,
    });
  return { events, fails, open, made: open() };
}

test('a cluster that could not be set up is destroyed before its name is free', async () => {
  const { events, fails, made } = lifecycle();
  fails.add('initialise');
  await expect(made.create('alice', 'web', SPEC)).rejects.toThrow('initialise failed');
  expect(events).toEqual(['initialise c1', 'destroy c1']);
  expect(value(made.list())).toEqual([]);
  fails.clear();
  expect(value(await made.create('alice', 'web', SPEC))).toEqual({ id: 'c2', name: 'web', token: 'token' });
});

test('a cluster that could not be destroyed either keeps its row, and is taken up again under its id, or deleted', async () => {
  const { events, fails, open, made } = lifecycle();
  fails.add('initialise').add('destroy');
  await expect(made.create('alice', 'web', SPEC)).rejects.toThrow('initialise failed');
  expect(value(made.list()).map(({ id }) => id)).toEqual(['c1']);
  expect(await made.token('web')).toMatchObject({ ok: false, status: { code: 409 } });
  await expect(made.delete('web')).rejects.toThrow('destroy failed');
  fails.clear();
  expect(value(await open().create('alice', 'web', SPEC)).id).toBe('c1');
  expect(await made.create('alice', 'web', SPEC)).toMatchObject({ ok: false, status: { reason: 'AlreadyExists' } });
  expect(value(await made.token('web')).id).toBe('c1');
  value(await made.delete('web'));
  expect(events.at(-1)).toBe('destroy c1');
});

test('of two requests that create one name at once, one is told that it exists', async () => {
  const { events, made } = lifecycle();
  const results = await Promise.all([made.create('alice', 'web', SPEC), made.create('alice', 'web', SPEC)]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  expect(events).toEqual(['initialise c1']);
});

test('a cluster that is being created is not deleted, nor one created again that is being deleted', async () => {
  const { events, fails, made } = lifecycle();
  const creating = made.create('alice', 'web', SPEC);
  expect(await made.delete('web')).toMatchObject({ ok: false, status: { reason: 'Conflict' } });
  expect(value(await creating).id).toBe('c1');
  // The creation of another does not finish, so that its name can be created again.
  fails.add('initialise').add('destroy');
  await expect(made.create('alice', 'api', SPEC)).rejects.toThrow('initialise failed');
  fails.clear();
  const deleting = made.delete('api');
  expect(await made.create('alice', 'api', SPEC)).toMatchObject({
    ok: false,
    status: { reason: 'AlreadyExists', message: 'object is being deleted: clusters "api" already exists' },
  });
  value(await deleting);
  expect(events.slice(-2)).toEqual(['destroy c2', 'destroy c2']);
  expect(value(made.list()).map(({ name }) => name)).toEqual(['web']);
  expect(value(await made.create('alice', 'api', SPEC)).id).not.toBe('c2');
});

test('of two requests that delete one cluster at once, one destroys it, and both are told', async () => {
  const { events, fails, made } = lifecycle();
  value(await made.create('alice', 'web', SPEC));
  fails.add('destroy');
  const failed = await Promise.allSettled([made.delete('web'), made.delete('web')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails.clear();
  const both = await Promise.all([made.delete('web'), made.delete('web')]);
  expect(both.map(({ ok }) => ok)).toEqual([true, true]);
  expect(events).toEqual(['initialise c1', 'destroy c1', 'destroy c1']);
});

test('a creation that is taken up again makes what is asked for now; one that is under way stays as it is', async () => {
  const { fails, made } = lifecycle();
  const partial = { simulatedNodes: 0, without: ['scheduler'] } as const;
  fails.add('initialise').add('destroy');
  await expect(made.create('alice', 'web', partial)).rejects.toThrow('initialise failed');
  fails.clear();
  const [first, second] = await Promise.all([
    made.create('alice', 'web', SPEC),
    made.create('alice', 'web', { ...partial, without: ['controllers'] }),
  ]);
  expect([first.ok, second.ok]).toEqual([true, false]);
  expect(value(made.list())[0]).not.toHaveProperty('without');
});

test('a cluster that is created has nothing of a fork of its name that broke off', async () => {
  const { events, fails, open, made } = lifecycle();
  fails.add('restoreFrom').add('destroy');
  await expect(made.fork('alice', 'web', { source: { id: 's' } })).rejects.toThrow('restoreFrom failed');
  fails.clear();
  events.length = 0;
  expect(value(await open().create('alice', 'web', SPEC)).id).toBe('c1');
  expect(events).toEqual(['destroy c1', 'initialise c1']);
});
