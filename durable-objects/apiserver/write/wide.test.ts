import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

const NAME = { metadata: { name: 'g' } };
/** Each has two faults at least: more than arguments fit on the stack. */
const MANY = 95_000;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const wide = <T>(one: (at: number) => T): T[] => Array.from({ length: MANY }, (_, at) => one(at));
const hard = (): Record<string, string> => Object.fromEntries(wide((at) => [`$${at}`, '1']));

test.each([
  [`${RBAC}/clusterrolebindings`, { roleRef }, { roleRef, subjects: wide(() => ({})) }],
  [`${RBAC}/clusterroles`, {}, { rules: wide(() => ({})) }],
  ['/api/v1/namespaces/default/limitranges', { spec: { limits: [] } }, { spec: { limits: wide(() => ({})) } }],
  ['/api/v1/namespaces/default/resourcequotas', {}, { spec: { hard: hard() } }],
])(
  'an update of %s with more faults than arguments fit on the stack is refused for them',
  async (path, good, bad) => {
    const { call } = await testApi();
    expect((await call(`POST ${path}`, { body: { ...NAME, ...good } })).status).toBe(201);
    const put = await call(`PUT ${path}/g`, { body: { ...NAME, ...bad } });
    expect([put.status, put.body.reason]).toEqual([422, 'Invalid']);
  },
  20_000,
);
