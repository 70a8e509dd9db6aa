import { expect, test } from 'vitest';
import { type TestApi, testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const RULES = [{ operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }];
const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };
const REVIEWS = {
  'authentication.k8s.io/v1/tokenreviews': { spec: { token: 'x' } },
  'authentication.k8s.io/v1/selfsubjectreviews': {},
  'authorization.k8s.io/v1/selfsubjectaccessreviews': { spec: { resourceAttributes } },
  'authorization.k8s.io/v1/subjectaccessreviews': { spec: { user: 'jane', resourceAttributes } },
  'authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews': {
    spec: { user: 'jane', resourceAttributes },
  },
  'authorization.k8s.io/v1/selfsubjectrulesreviews': { spec: { namespace: 'default' } },
};

async function answers({ call }: TestApi): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [path, body] of Object.entries(REVIEWS)) {
    found[path.split('/').at(-1) ?? ''] = (await call(`POST /apis/${path}`, { body })).status;
  }
  return found;
}

const all = (status: number) =>
  Object.fromEntries(Object.keys(REVIEWS).map((path) => [path.split('/').at(-1), status]));

test('no policy stands between a cluster and its reviews', async () => {
  const api = await testApi();
  await api.create(`${ADMISSION}/validatingadmissionpolicies`, {
    metadata: { name: 'none' },
    spec: { matchConstraints: { resourceRules: RULES }, validations: [{ expression: 'false' }] },
  });
  await api.create(`${ADMISSION}/validatingadmissionpolicybindings`, {
    metadata: { name: 'none' },
    spec: { policyName: 'none', validationActions: ['Deny'] },
  });
  expect((await api.call(`POST ${MAPS}`, { body: configMap('a') })).status).toBe(422);
  expect(await answers(api)).toEqual(all(201));
});

test('webhooks are asked about reviews that are well formed', async () => {
  const asked: string[] = [];
  const api = await testApi({
    async outbound({ body = '' }) {
      const { request } = JSON.parse(body) as { request: { uid: string; resource: { resource: string } } };
      asked.push(request.resource.resource);
      const response = { uid: request.uid, allowed: false };
      return {
        status: 200,
        headers: {},
        body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }),
      };
    },
  });
  await api.create(`${ADMISSION}/validatingwebhookconfigurations`, {
    metadata: { name: 'none' },
    webhooks: [
      {
        name: 'none.example.com',
        clientConfig: { url: 'https://hooks.example.com/' },
        rules: RULES,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  expect(await answers(api)).toEqual(all(400));
  expect(asked).toEqual(Object.keys(all(400)));
  const { status } = await api.call('POST /apis/authorization.k8s.io/v1/subjectaccessreviews', { body: { spec: {} } });
  expect([status, asked.length]).toEqual([422, 6]);
});
