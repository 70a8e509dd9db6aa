import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { failureText, UserError } from './user-error.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('did not throw');
}

test('an error that the user can mend is one line', () => {
  expect(failureText(new UserError('do that'), {})).toBe('islet: do that');
});

test('a refusal of the system is one line that names the path', () => {
  const text = failureText(
    thrownBy(() => readFileSync('/nowhere/at/all')),
    {},
  );
  expect(text).toContain("'/nowhere/at/all'");
  expect(text).not.toContain('\n');
});

test('anything else shows its stack only when it is asked for', () => {
  const error = thrownBy(() => JSON.parse('{'));
  expect(failureText(error, {})).not.toMatch(/^\s+at /m);
  expect(failureText(error, {})).toContain('ISLET_DEBUG=1');
  expect(failureText(error, { ISLET_DEBUG: '1' })).toMatch(/^\s+at /m);
});
