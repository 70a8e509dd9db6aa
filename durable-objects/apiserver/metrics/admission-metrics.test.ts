import { expect, test } from 'vitest';
import { type Outbound, OutboundError } from '../outbound.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

/** The lines of admission's metrics, buckets left out. */
const lines = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(name) && !line.includes('_bucket'));

test('plugins are counted by operation, those that upstream asks about it, and what they refuse', async () => {
  const { call, create } = await testApi();
  await call('DELETE /metrics');
  await create(MAPS, configMap('a'));
  await call('POST /api/v1/namespaces/nowhere/configmaps', { body: configMap('b') });
  await call(`DELETE ${MAPS}/a`);
  const { text } = await call('GET /metrics');
  const count = (name: string, operation: string, rejected: boolean, type: string) =>
    `apiserver_admission_controller_admission_duration_seconds_count{name="${name}",operation="${operation}",rejected="${rejected}",type="${type}"}`;
  const counted = lines(text, 'apiserver_admission_controller');
  expect(counted).toContain(`${count('NamespaceLifecycle', 'CREATE', false, 'admit')} 1`);
  expect(counted).toContain(`${count('NamespaceLifecycle', 'CREATE', true, 'admit')} 1`);
  expect(counted).toContain(`${count('NamespaceLifecycle', 'DELETE', false, 'admit')} 1`);
  expect(counted).toContain(`${count('LimitRanger', 'CREATE', false, 'validate')} 1`);
  expect(counted.filter((line) => line.includes('LimitRanger') && line.includes('DELETE'))).toEqual([]);
  const steps = lines(text, 'apiserver_admission_step_admission_duration_seconds_count');
  expect(steps).toEqual([
    'apiserver_admission_step_admission_duration_seconds_count{operation="CREATE",rejected="false",type="admit"} 1',
    'apiserver_admission_step_admission_duration_seconds_count{operation="CREATE",rejected="false",type="validate"} 1',
    'apiserver_admission_step_admission_duration_seconds_count{operation="CREATE",rejected="true",type="admit"} 1',
    'apiserver_admission_step_admission_duration_seconds_count{operation="DELETE",rejected="false",type="admit"} 1',
    'apiserver_admission_step_admission_duration_seconds_count{operation="DELETE",rejected="false",type="validate"} 1',
  ]);
});

test('webhooks are counted by their answers, and their time is none of the server’s', async () => {
  const clock = { time: Date.parse('2026-01-02T03:04:05Z') };
  const outbound: Outbound = async ({ to, body = '' }) => {
    clock.time += 300;
    const url = 'url' in to ? to.url : '';
    if (url.includes('gone')) throw new OutboundError('no such host');
    if (url.includes('broken')) return { status: 500, headers: {}, body: 'no' };
    const { uid } = (JSON.parse(body) as { request: { uid: string } }).request;
    const response = { uid, allowed: !url.includes('deny') };
    const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response };
    return { status: 200, headers: {}, body: JSON.stringify(review) };
  };
  const { call, create } = await testApi({ outbound, clock: { now: () => clock.time } });
  const hook = (path: string, failurePolicy = 'Fail') => ({
    name: `${path}.example.com`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy,
    clientConfig: { url: `https://hooks.example.com/${path}` },
    rules: [RULE],
    objectSelector: { matchLabels: { ask: path } },
  });
  const webhooks = [hook('allow'), hook('deny'), hook('gone', 'Ignore'), hook('broken')];
  await create(`${ROOT}/validatingwebhookconfigurations`, { metadata: { name: 'w' }, webhooks });
  const codes: number[] = [];
  for (const ask of ['allow', 'deny', 'gone', 'broken']) {
    const map = configMap(ask);
    const body = { ...map, metadata: { ...map.metadata, labels: { ask } } };
    codes.push((await call(`POST ${MAPS}`, { body })).status);
  }
  expect(codes).toEqual([201, 400, 201, 500]);
  const { text } = await call('GET /metrics');
  const total = 'apiserver_admission_webhook_request_total';
  expect(lines(text, total)).toEqual([
    `${total}{code="200",name="allow.example.com",operation="CREATE",rejected="false",type="validate"} 1`,
    `${total}{code="400",name="deny.example.com",operation="CREATE",rejected="true",type="validate"} 1`,
    `${total}{code="500",name="broken.example.com",operation="CREATE",rejected="true",type="validate"} 1`,
    `${total}{code="503",name="gone.example.com",operation="CREATE",rejected="false",type="validate"} 1`,
  ]);
  const rejections = 'apiserver_admission_webhook_rejection_count';
  expect(lines(text, rejections)).toEqual([
    `${rejections}{error_type="calling_webhook_error",name="broken.example.com",operation="CREATE",rejection_code="500",type="validate"} 1`,
    `${rejections}{error_type="no_error",name="deny.example.com",operation="CREATE",rejection_code="400",type="validate"} 1`,
  ]);
  expect(lines(text, 'apiserver_admission_webhook_fail_open_count')).toEqual([
    'apiserver_admission_webhook_fail_open_count{name="gone.example.com",type="validate"} 1',
  ]);
  const created = 'group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"}';
  expect(text).toContain(`apiserver_request_duration_seconds_sum{component="apiserver",dry_run="",${created} 1.2\n`);
  expect(text).toContain(`apiserver_request_sli_duration_seconds_sum{component="apiserver",${created} 0\n`);
});
