import { expect, test } from 'vitest';
import type { Kinds } from '../../kube/kinds/registry.ts';
import { openStore } from '../store/mvcc.ts';
import { plainSealer } from '../store/sealer.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { changes } from './changes.ts';
import { diff } from './diff.ts';
import { exportCluster } from './export.ts';

const OBJECTS = 12;
const LARGE = 'x'.repeat(400_000);

async function filled() {
  const store = openStore(openNodeSql());
  for (let write = 0; write < 2 * OBJECTS; write++) {
    const name = `m-${write % OBJECTS}`.replace(/-(\d)$/, '-0$1');
    const metadata = { name, namespace: 'default', resourceVersion: String(write + 1) };
    const text = JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { [`k${write}`]: LARGE } });
    const cause = { kind: 'system', at: 0, why: 'test' } as const;
    await store.commit({ key: `configmaps/default/${name}`, expect: 'any', apply: () => ({ text }), cause });
  }
  return store;
}

test('an answer parses only so much of large objects, and the next goes on without a gap', async () => {
  const store = await filled();
  const all = () => true;
  const revisions: number[] = [];
  let pages = 0;
  for (let after: number | undefined = 0; after !== undefined; pages++) {
    const page = changes(new URLSearchParams({ after: String(after) }), store, all);
    revisions.push(...page.items.map(({ revision }) => revision));
    after = page.continue;
  }
  const expected = Array.from({ length: 2 * OBJECTS }, (_, index) => index + 1);
  expect([revisions, pages]).toEqual([expected, 5]);

  const newest: number[] = [];
  for (let until: number | undefined = store.revision; until !== undefined; ) {
    const asked = { after: '0', until: String(until), order: 'newest-first' };
    const page = changes(new URLSearchParams(asked), store, all);
    expect(page.items.length).toBeLessThan(10);
    newest.push(...page.items.map(({ revision }) => revision));
    until = page.continue;
  }
  expect(newest).toEqual(expected.toReversed());

  const names: string[] = [];
  for (let from: string | undefined = ''; from !== undefined; ) {
    const page = diff(new URLSearchParams({ from: String(OBJECTS), continue: from }), store, all);
    expect(page.items.length).toBeLessThan(6);
    names.push(...page.items.map(({ name }) => name));
    from = page.continue;
  }
  expect(names).toHaveLength(OBJECTS);
  expect(new Set(names).size).toBe(OBJECTS);
});

test('an export that looks at many Secrets lets others in between', async () => {
  const store = openStore(openNodeSql());
  const cause = { kind: 'system', at: 0, why: 'test' } as const;
  for (let i = 0; i < 120; i++) {
    await store.commit({ key: `secrets/default/s-${i}`, expect: 'any', apply: () => ({ text: '{}' }), cause });
  }
  let pauses = 0;
  const pause = async () => void pauses++;
  const ports = { store, kinds: {} as Kinds, sealer: plainSealer, now: () => 0, pause };
  expect(await exportCluster(new URLSearchParams(), ports)).toMatchObject({ status: 200 });
  expect(pauses).toBe(2);
});
