import { expect, test } from 'vitest';
import { checkExpression } from '../compile.ts';
import { FUNCTIONS } from '../library/index.ts';

test('a literal of more bytes than arguments fit on the stack is read', () => {
  const environment = { functions: FUNCTIONS, variables: new Map(), fieldsOf: () => undefined };
  const checked = checkExpression(`b'\\n${'€'.repeat(99_000)}' == b''`, environment);
  expect(checked).not.toHaveProperty('issues');
});
