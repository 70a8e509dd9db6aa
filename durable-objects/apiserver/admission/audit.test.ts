import { expect, test } from 'vitest';
import { formatTrace } from '../../../wire/trace.ts';
import { traceStory } from '../../trace/story.ts';
import type { Outbound } from '../outbound.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, pod } from '../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const RULE = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

async function withPolicy(spec: object, actions = ['Audit']) {
  const api = await testApi();
  const add = async (policy: object, name: string) => {
    const matchConstraints = { resourceRules: [RULE] };
    await api.create(`${ROOT}/validatingadmissionpolicies`, {
      metadata: { name },
      spec: { matchConstraints, ...policy },
    });
    const bound = { policyName: name, validationActions: actions };
    await api.create(`${ROOT}/validatingadmissionpolicybindings`, { metadata: { name: 'b' }, spec: bound });
  };
  await add(spec, 'p');
  const annotations = () => api.store.log({ after: 0, limit: 500 }).at(-1)?.cause.annotations;
  const post = (data: Record<string, string> = { a: '1' }) =>
    api.call(`POST ${MAPS}`, { body: { ...configMap('m'), data } });
  return { ...api, post, annotations };
}

test('a policy that audits lets the write through, and the log says what it found', async () => {
  const { post, annotations, store } = await withPolicy({
    validations: [{ expression: 'true' }, { expression: 'object.data.a == "2"', message: 'not 2' }],
    auditAnnotations: [
      { key: 'size', valueExpression: 'string(object.data.size())' },
      { key: 'nothing', valueExpression: 'null' },
      { key: 'empty', valueExpression: '" "' },
    ],
  });
  expect((await post()).status).toBe(201);
  const failure = [{ message: 'not 2', policy: 'p', binding: 'b', expressionIndex: 1, validationActions: ['Audit'] }];
  expect(annotations()).toEqual({
    'validation.policy.admission.k8s.io/validation_failure': JSON.stringify(failure),
    'p/size': '1',
  });
  const story = traceStory({ resource: 'configmaps', namespace: 'default', name: 'm' }, store, store);
  expect(story && formatTrace(story)).toContain('\n  p/size: 1\n');
});

test('an annotation that cannot be evaluated refuses the write, unless failures are ignored', async () => {
  const broken = { auditAnnotations: [{ key: 'x', valueExpression: 'string(object.foo)' }] };
  const { post } = await withPolicy(broken);
  expect((await post()).body.message).toContain("expression 'string(object.foo)' resulted in error: no such key: foo");
  const ignoring = await withPolicy({ ...broken, failurePolicy: 'Ignore' });
  expect((await ignoring.post()).status).toBe(201);
  expect(ignoring.annotations()).toBeUndefined();
});

test('an audit annotation that is too long to be stored with a revision is left out', async () => {
  const { post, annotations } = await withPolicy({
    auditAnnotations: [
      { key: 'long', valueExpression: 'string(object.data.a)' },
      { key: 'short', valueExpression: '"s"' },
    ],
  });
  await post({ a: 'x'.repeat(20_000) });
  expect(annotations()).toEqual({ 'p/short': 's' });
});

test('pods that break what a namespace audits, and what webhooks say, are noted too', async () => {
  const outbound: Outbound = async ({ body }) => {
    const { request } = JSON.parse(body ?? '') as { request: { uid: string } };
    const response = { uid: request.uid, allowed: true, auditAnnotations: { seen: 'yes' } };
    const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response };
    return { status: 200, headers: {}, body: JSON.stringify(review) };
  };
  const { create, store } = await testApi({ outbound });
  const labels = { 'pod-security.kubernetes.io/audit': 'baseline' };
  await create('/api/v1/namespaces', { metadata: { name: 'work', labels } });
  await create('/api/v1/namespaces/work/serviceaccounts', { metadata: { name: 'default' } });
  const hook = {
    name: 'a.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: 'https://hooks.example.com/a' },
    rules: [{ ...RULE, resources: ['pods'] }],
  };
  await create(`${ROOT}/validatingwebhookconfigurations`, { metadata: { name: 'c' }, webhooks: [hook] });
  const made = pod('p', { spec: { hostNetwork: true, containers: [{ name: 'main', image: 'x' }] } });
  await create('/api/v1/namespaces/work/pods', made);
  expect(store.log({ after: 0, limit: 500 }).find(({ key }) => key === 'pods/work/p')?.cause.annotations).toEqual({
    'pod-security.kubernetes.io/audit-violations':
      'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    'a.example.com/seen': 'yes',
  });
});
