import { decodeJwt } from 'jose';
import { expect, test, vi } from 'vitest';
import type { Secret, ServiceAccount } from '../../kube/types.ts';
import { TestCluster } from '../testing/cluster.ts';

const CORE = '/api/v1/namespaces/default';
const text = (base64 = ''): string => Buffer.from(base64, 'base64').toString();
const tokenSecret = (name: string, account: string) => ({
  metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
});

async function setUp() {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const account = await cluster.must<ServiceAccount>(`POST ${CORE}/serviceaccounts`, {
    metadata: { name: 'robot' },
    secrets: [{ name: 'old' }, { name: 'other' }],
  });
  await cluster.must(`POST ${CORE}/secrets`, tokenSecret('old', 'robot'));
  const secret = (name = 'old') => cluster.send<Secret>(`GET ${CORE}/secrets/${name}`);
  // The signature is made on another thread.
  await vi.waitFor(async () => {
    await cluster.settle();
    expect((await secret()).body.data?.token).toBeDefined();
  });
  return { cluster, account, secret };
}

test("a Secret of the type gets its account's token, the roots and the namespace", async () => {
  const { cluster, account, secret } = await setUp();
  const { body } = await secret();
  expect(body.metadata.annotations).toEqual({
    'kubernetes.io/service-account.name': 'robot',
    'kubernetes.io/service-account.uid': account.metadata.uid,
  });
  expect([text(body.data?.['ca.crt']), text(body.data?.namespace)]).toEqual(['test CA', 'default']);
  expect(decodeJwt(text(body.data?.token))).toEqual({
    iss: 'kubernetes/serviceaccount',
    'islet.dev/cluster': 'abcdefghij',
    'kubernetes.io/serviceaccount/namespace': 'default',
    'kubernetes.io/serviceaccount/secret.name': 'old',
    'kubernetes.io/serviceaccount/service-account.name': 'robot',
    'kubernetes.io/serviceaccount/service-account.uid': account.metadata.uid,
    sub: 'system:serviceaccount:default:robot',
  });
  expect(cluster.reported).toEqual([]);
});

test('the token goes with its account, and one of an account that is not there is deleted', async () => {
  const { cluster, secret } = await setUp();
  await cluster.must(`POST ${CORE}/secrets`, tokenSecret('lost', 'nobody'));
  await cluster.settle();
  expect((await secret('lost')).status).toBe(404);
  expect((await secret()).status).toBe(200);
  await cluster.must(`DELETE ${CORE}/serviceaccounts/robot`);
  await cluster.settle();
  expect((await secret()).status).toBe(404);
});

test('an account names a token no longer once its Secret is deleted', async () => {
  const { cluster } = await setUp();
  await cluster.must(`DELETE ${CORE}/secrets/old`);
  await cluster.settle();
  const account = await cluster.must<ServiceAccount>(`GET ${CORE}/serviceaccounts/robot`);
  expect(account.secrets).toEqual([{ name: 'other' }]);
});
