import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { failure, type Reason } from '../../../kube/machinery/status.ts';
import { deleteRemoteContent, type Send } from './remote-content.ts';

const version = (group: string, resources: object[] | undefined, more: Partial<RemoteVersion> = {}): RemoteVersion => ({
  ...{ group, version: 'v1', groupPriority: 1, versionPriority: 1, isCurrent: true },
  ...(resources && { resources }),
  ...more,
});
const resource = (name: string, ...verbs: string[]) => ({ resource: name, scope: 'Namespaced', verbs });
const ALL = ['delete', 'deletecollection', 'list'];
const no = (reason: Reason, message: string) => ({ ok: false as const, status: failure(reason, message) });
const list = (...items: object[]) => ({ ok: true as const, object: { items } });
const item = (name: string, ...finalizers: string[]) => ({ metadata: { name, finalizers } });

/** `answer` gets `METHOD path?query`. */
async function run(
  versions: RemoteVersion[],
  answer: (line: string) => Awaited<ReturnType<Send>>,
  goesOn: () => boolean = () => true,
) {
  const asked: string[] = [];
  const send: Send = async ({ method, path, query }) => {
    const line = `${method} ${path}${query === undefined ? '' : `?${query}`}`;
    asked.push(line);
    return answer(line);
  };
  const result = await deleteRemoteContent(versions, 'shop', send, goesOn);
  return { ...result, asked };
}

test('only namespaced resources that can be deleted are deleted, each in its preferred version', async () => {
  const versions = [
    version('a.dev', [resource('old', ...ALL), resource('both', ...ALL)], { version: 'v1beta1' }),
    version('a.dev', [resource('both', ...ALL), resource('read', 'get', 'list')], { versionPriority: 2 }),
    version('b.dev', [{ ...resource('wide', ...ALL), scope: 'Cluster' }]),
    version('stale.dev', [resource('x', ...ALL)], { isCurrent: false }),
    version('unknown.dev', undefined),
  ];
  const { asked, ...result } = await run(versions, () => list());
  expect(asked.filter((line) => line.startsWith('DELETE')).sort()).toEqual([
    'DELETE /apis/a.dev/v1/namespaces/shop/both',
    'DELETE /apis/a.dev/v1beta1/namespaces/shop/old',
  ]);
  expect(result).toEqual({ remaining: [], failures: [], undiscovered: ['stale.dev/v1', 'unknown.dev/v1'] });
});

test.each([[['delete', 'list']], [ALL]])('without collections, with verbs %j, each item is deleted', async (verbs) => {
  const names = new Set(['a', 'b']);
  const path = '/apis/a.dev/v1/namespaces/shop/things';
  const { asked, remaining, failures } = await run([version('a.dev', [resource('things', ...verbs)])], (line) => {
    if (line === `DELETE ${path}`) return no('MethodNotAllowed', 'no collections');
    if (line.startsWith('DELETE')) names.delete(line.slice(-1));
    return list(...[...names].map((name) => item(name)));
  });
  expect(asked.slice(-4)).toEqual([
    `GET ${path}?limit=500`,
    `DELETE ${path}/a`,
    `DELETE ${path}/b`,
    `GET ${path}?limit=500`,
  ]);
  expect([remaining, failures]).toEqual([[], []]);
});

test('items that remain are counted over all pages; without finalizers they are an error', async () => {
  const things = [version('a.dev', [resource('things', ...ALL)])];
  const paged = (...finalizers: string[]) =>
    run(things, (line) => {
      if (line.startsWith('DELETE')) return { ok: true, object: undefined };
      const { object } = list(item('a', ...finalizers));
      return { ok: true, object: { ...object, metadata: line.includes('continue=') ? {} : { continue: 'x y' } } };
    });
  const held = await paged('a.dev/hold');
  expect(held.asked.at(-1)).toContain('?limit=500&continue=x+y');
  expect(held.remaining).toMatchObject([{ resource: 'things.a.dev', count: 2 }]);
  expect([...(held.remaining[0]?.held ?? [])]).toEqual([['a.dev/hold', 2]]);
  expect(held.failures).toEqual([]);
  const free = await paged();
  expect([free.remaining[0]?.count, free.failures]).toEqual([
    2,
    ['unexpected items still remain in namespace: shop for gvr: a.dev/v1, Resource=things'],
  ]);
});

test('a failure holds up no other, but a server that does not answer is not asked again', async () => {
  const two = [resource('one', ...ALL), resource('two', ...ALL)];
  const { asked, failures } = await run([version('down.dev', two), version('up.dev', two)], (line) =>
    line.includes('down.dev') ? no('ServiceUnavailable', 'down') : no('Forbidden', 'not you'),
  );
  expect(asked.length).toBe(3);
  expect([...failures].sort()).toEqual(['down', 'not you', 'not you']);
});

test('lists without end, and those of something else, are failures', async () => {
  const things = [version('a.dev', [resource('things', ...ALL)])];
  for (const object of [{ items: [], metadata: { continue: 'more' } }, { items: 'x' }]) {
    const { failures } = await run(things, () => ({ ok: true, object }));
    expect(failures).toEqual(['the list of /apis/a.dev/v1/namespaces/shop/things cannot be read']);
  }
});

test('a server cannot fill the memory with names of finalizers, and items without a name are not deleted', async () => {
  const things = [version('a.dev', [resource('things', 'delete', 'list')])];
  let pages = 0;
  const { asked, remaining } = await run(things, (line) => {
    if (line.startsWith('DELETE')) return { ok: true, object: undefined };
    const finalizers = Array.from({ length: 200 }, (_, at) => `a.dev/${pages}-${at}`);
    const items = [{ metadata: { finalizers: [...finalizers, 'x'.repeat(1000)] } }, {}];
    return { ok: true, object: { items, metadata: { continue: ++pages % 50 === 0 ? '' : 'more' } } };
  });
  expect(asked.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  expect(remaining).toMatchObject([{ resource: 'things.a.dev', count: 100 }]);
  expect(remaining[0]?.held.size).toBe(100);
});

test('a page of more items than an answer has room for is none', async () => {
  const things = [version('a.dev', [resource('things', 'delete', 'list')])];
  const items = Array.from({ length: 20_001 }, () => ({}));
  const { failures } = await run(things, () => ({ ok: true, object: { items } }));
  expect(failures).toEqual(['the list of /apis/a.dev/v1/namespaces/shop/things cannot be read']);
});

test('no more is asked once the time is over, and what was not asked is a failure', async () => {
  const versions = [version('a.dev', [resource('things', 'delete', 'list'), resource('others', ...ALL)])];
  let left = 3;
  const items = Array.from({ length: 100 }, (_, at) => item(`item-${at}`));
  const { asked, failures, remaining } = await run(
    versions,
    () => list(...items),
    () => left-- > 0,
  );
  expect(asked.length).toBe(3);
  expect([remaining, failures]).toEqual([[], ['context deadline exceeded', 'context deadline exceeded']]);
});

test('at most five servers are asked at once', async () => {
  let [now, most] = [0, 0];
  const versions = Array.from({ length: 12 }, (_, at) => version(`g${at}.dev`, [resource('things', ...ALL)]));
  const send: Send = async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return list();
  };
  await deleteRemoteContent(versions, 'shop', send, () => true);
  expect(most).toBe(5);
});

test('no answer of an aggregated API throws', async () => {
  const things = [version('a.dev', [resource('things', ...ALL)])];
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (object, of) => {
      const answers = [object, { items: of }, { items: [of, { metadata: of }], metadata: of }];
      for (const object of answers) await run(things, () => ({ ok: true, object }));
    }),
    { numRuns: 30 },
  );
});
