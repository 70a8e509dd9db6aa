import { expect, test } from 'vitest';
import { openStore } from '../../../store/mvcc.ts';
import { openNodeSql } from '../../../store/sql/node.ts';
import { RuleResolver } from './rule-resolver.ts';

const ROLE = 'roles.rbac.authorization.k8s.io/a/r';
const BINDING = 'rolebindings.rbac.authorization.k8s.io/a/b';
const JANE = { name: 'jane', groups: [] };
const cause = { kind: 'system', at: 0, why: 'test' } as const;

test('a role and a binding that are read in a write which is then refused are not remembered', async () => {
  const store = openStore(openNodeSql());
  const resolver = new RuleResolver(store);
  const verbs = () => resolver.rulesFor(JANE, 'a').lists.flatMap((rules) => rules.flatMap((rule) => rule.verbs));
  const role = JSON.stringify({ metadata: { name: 'r' }, rules: [{ verbs: ['*'] }] });
  const binding = JSON.stringify({
    metadata: { name: 'b' },
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'jane' }],
  });
  let seen: string[] = [];
  const refuse = () => {
    seen = verbs();
    throw new Error('refused');
  };
  const last = { key: 'configmaps/a/c', expect: 'any', apply: refuse } as const;
  const other = { key: BINDING, expect: 'any', apply: () => ({ text: binding }) } as const;
  const apply = () => ({ text: role, with: [other, last] });
  await expect(store.commit({ key: ROLE, expect: 'any', cause, apply })).rejects.toThrow('refused');
  expect([seen, verbs()]).toEqual([['*'], []]);
});

test('a role that is read in a group of writes which is then refused as a whole is not remembered', async () => {
  const sql = openNodeSql();
  let depth = 0;
  const transaction: typeof sql.transaction = (body) => {
    depth++;
    try {
      return sql.transaction(() => {
        const result = body();
        if (depth === 1 && isRefused) throw new Error('no room');
        return result;
      });
    } finally {
      depth--;
    }
  };
  let isRefused = false;
  const store = openStore({ ...sql, transaction });
  const resolver = new RuleResolver(store);
  const verbs = () => resolver.rulesFor(JANE, 'a').lists.flatMap((rules) => rules.flatMap((rule) => rule.verbs));
  const put = (key: string, object: object, seen?: string[]) =>
    store.commit({
      key,
      expect: 'any',
      cause,
      apply: () => {
        seen?.push(...verbs());
        return { text: JSON.stringify(object) };
      },
    });
  const role = (verb: string) => ({ metadata: { name: 'r' }, rules: [{ verbs: [verb] }] });
  await put(ROLE, role('get'));
  await put(BINDING, {
    metadata: { name: 'b' },
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'User', name: 'jane' }],
  });
  isRefused = true;
  const seen: string[] = [];
  const group = await Promise.allSettled([put(ROLE, role('*')), put('configmaps/a/c', {}, seen)]);
  isRefused = false;
  expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([seen, verbs()]).toEqual([['*'], ['get']]);
});
