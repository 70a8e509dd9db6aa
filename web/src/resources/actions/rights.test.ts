import { expect, test } from 'vitest';
import { Api } from '../../api/request.ts';
import { needsOf, needText, type ResourceRule, refusedNeed, rulesIn } from './rights.ts';
import { targetOf } from './testing.ts';

const { resource: deployments } = targetOf('deployments', 'web');
const { resource: nodes } = targetOf('nodes', 'sim-0');

const refused = (rules: ResourceRule[], name: Parameters<typeof needsOf>[0]['name'], object?: string) => {
  const need = refusedNeed(rules, needsOf({ name }, name === 'drain' ? nodes : deployments), object);
  return need && needText(need);
};
const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[]) => ({
  verbs,
  apiGroups,
  resources,
  resourceNames,
});

test('what no rule allows is named as RBAC names it', () => {
  const edit = [rule(['patch', 'delete'], ['apps'], ['deployments'])];
  expect(refused(edit, 'restart')).toBeUndefined();
  expect(refused(edit, 'remove')).toBeUndefined();
  expect(refused(edit, 'scale')).toBe('patch deployments.apps/scale');
  expect(refused([rule(['*'], ['*'], ['*'])], 'drain')).toBeUndefined();
  expect(refused([rule(['*'], [''], ['nodes'])], 'drain')).toBe('create pods/eviction');
  expect(refused([rule(['patch'], ['apps'], ['*/scale'])], 'scale')).toBeUndefined();
  expect(refused([rule(['get', 'list', 'watch'], ['*'], ['*'])], 'editLabels')).toBe('patch deployments.apps');
  expect(refused([rule(['create'], ['batch'], ['jobs'])], 'trigger')).toBeUndefined();
});

test('a rule for some names counts for these', () => {
  const one = [rule(['patch'], ['apps'], ['deployments'], ['web'])];
  expect(refused(one, 'restart', 'web')).toBeUndefined();
  expect(refused(one, 'restart', 'api')).toBe('patch deployments.apps');
  expect(refused(one, 'restart')).toBe('patch deployments.apps');
});

test('rules are asked for once a minute and namespace; where they are not all told, the server decides', async () => {
  const asked: string[] = [];
  const answers = [{ resourceRules: [rule(['get'], [''], ['pods'])] }, { resourceRules: [], incomplete: true }];
  const api = new Api('', (async (_path: string, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)).spec.namespace);
    const status = answers.shift();
    return status ? new Response(JSON.stringify({ status })) : new Response('no', { status: 500 });
  }) as unknown as typeof fetch);
  expect(await rulesIn(api, 'shop', 0)).toHaveLength(1);
  expect(await rulesIn(api, 'shop', 59_000)).toHaveLength(1);
  expect(await rulesIn(api, 'shop', 61_000)).toBeUndefined();
  expect(await rulesIn(api, 'blog', 61_000)).toBeUndefined();
  expect(asked).toEqual(['shop', 'shop', 'blog']);
});
