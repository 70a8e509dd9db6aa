/** Tests of types: `tsc` fails when an expected error is missing. */
import { expect, test } from 'vitest';
import { openStore } from './mvcc.ts';
import { openNodeSql } from './sql/node.ts';

test('a write that decides asynchronously does not compile', () => {
  const store = openStore(openNodeSql());
  const cause = { kind: 'system', at: 0, why: 'test' } as const;
  const tried = () => {
    // @ts-expect-error: nothing may be awaited between the read and the write that rests on it.
    void store.commit({ key: 'pods/a/b', expect: 'any', cause, apply: async () => ({ text: '' }) });
  };
  expect(tried).toBeTypeOf('function');
});

test('an asynchronous transaction does not compile', () => {
  const sql = openNodeSql();
  const tried = () => {
    // @ts-expect-error: the transaction would end before the callback does.
    sql.transaction(async () => 1);
    sql.transaction((): number => 1);
  };
  expect(tried).toBeTypeOf('function');
});
