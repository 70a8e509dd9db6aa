import { expect, test } from 'vitest';
import type { Environment } from '../check/names.ts';
import { structType } from '../check/type.ts';
import { checkExpression, program } from '../compile.ts';
import { CelError } from '../values/value.ts';
import { FUNCTIONS } from './index.ts';
import { type AccessQuestion, authorizerValue } from './kubernetes/authorizer.ts';

const environment: Environment = {
  functions: FUNCTIONS,
  variables: new Map([['authorizer', structType('kubernetes.authorization.Authorizer')]]),
  fieldsOf: () => undefined,
};

/** The question that the expression asks, or the error's text. */
function asked(expression: string): AccessQuestion | string | undefined {
  let question: AccessQuestion | undefined;
  const ask = (one: AccessQuestion) => {
    question = one;
    return { allowed: true, reason: '' };
  };
  const checked = checkExpression(expression, environment);
  if ('issues' in checked) return checked.issues;
  const { value } = program(checked, environment).evaluate(() => authorizerValue(ask), 1_000_000);
  return value instanceof CelError ? value.message : question;
}

test('a service account is in the groups of accounts alone', () => {
  expect(
    asked("authorizer.serviceAccount('shop', 'till.a').group('').resource('pods').check('get').allowed()"),
  ).toEqual({
    user: {
      name: 'system:serviceaccount:shop:till.a',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
    },
    group: '',
    resource: 'pods',
    verb: 'get',
  });
});

test.each([
  ["serviceAccount('shop', '').path('/x').check('get')", 'Invalid service account name'],
  ["serviceAccount('shop', 'a:b').path('/x').check('get')", 'Invalid service account name'],
  ["serviceAccount('a.b', 'till').path('/x').check('get')", 'Invalid service account namespace'],
  ["serviceAccount('', 'till').path('/x').check('get')", 'Invalid service account namespace'],
  ["path(' ').check('get')", 'path must not be empty'],
  ["group('').resource('').check('get')", 'resource must not be empty'],
  ["group('').resource(' \\t').check('get')", 'resource must not be empty'],
])('authorizer.%s', (expression, why) => {
  expect(asked(`authorizer.${expression}.allowed()`)).toBe(why);
});
