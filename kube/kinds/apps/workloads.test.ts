import { expect, test } from 'vitest';
import { deployment as aDeployment, nginxDeployment } from '../../testing/objects.ts';
import { anObject, BY, created, createErrors, updateErrors } from '../../testing/strategy.ts';
import type { DaemonSet, Deployment, Job } from '../../types.ts';
import { job } from '../batch/job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { statefulSet } from './stateful-set.ts';

test("the documentation's deployment gets upstream's defaults", () => {
  const { spec, status } = created(deployment, nginxDeployment());
  const { template, ...rest } = spec ?? {};
  expect(rest).toEqual({
    replicas: 3,
    selector: { matchLabels: { app: 'nginx' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  expect(template?.spec).toMatchObject({ restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' });
  // Only pods have these; a template leaves them open.
  expect(template?.spec).not.toHaveProperty('enableServiceLinks');
  expect(status).toEqual({});
  expect(createErrors(deployment, nginxDeployment())).toEqual([]);
});

test.each<[string, Parameters<typeof aDeployment>[0], string[]]>([
  [
    'no spec',
    { spec: undefined },
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value',
    ],
  ],
  [
    'negative replicas',
    { spec: { replicas: -1 } },
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'a selector of other pods',
    { spec: { selector: { matchLabels: { app: 'db' } } } },
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  [
    'an update that cannot move',
    { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'an unknown strategy',
    { spec: { strategy: { type: 'X', rollingUpdate: { maxSurge: 1 } } } },
    [
      'spec.strategy: Unsupported value: {"Type":"X","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":1}}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'a selector that says nothing',
    { spec: { selector: { matchExpressions: [{ key: 'a', operator: 'X' }], matchLabels: { app: 'x' } } } },
    [
      'spec.selector.matchExpressions[0].operator: Invalid value: "X": not a valid selector operator',
      'spec.selector: Invalid value: {"matchLabels":{"app":"x"},"matchExpressions":[{"key":"a","operator":"X"}]}: invalid label selector',
    ],
  ],
  [
    'pods that end',
    { spec: { template: { spec: { restartPolicy: 'Never' } } } },
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
])('a deployment with %s is refused', (_, parts, errors) => {
  expect(createErrors(deployment, aDeployment(parts))).toEqual(errors);
});

test('a selector stays what it is', () => {
  const object = aDeployment({ spec: { template: { metadata: { labels: { app: 'web', tier: 'a' } } } } });
  const change = ({ spec }: Deployment) => Object.assign(spec ?? {}, { selector: { matchLabels: { tier: 'a' } } });
  expect(updateErrors(deployment, object, change)).toEqual([
    'spec.selector: Invalid value: {"matchLabels":{"tier":"a"}}: field is immutable',
  ]);
});

test('a daemon set counts the changes of its template', () => {
  const { spec } = aDeployment();
  const object: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd', namespace: 'default' },
    spec: { selector: spec?.selector ?? {}, template: spec?.template ?? {} },
  };
  const old = created(daemonSet, object);
  const generation = ({ metadata }: DaemonSet) => metadata.annotations?.['deprecated.daemonset.template.generation'];
  const next = structuredClone(old);
  daemonSet.strategy.prepareForUpdate?.(next, old);
  expect([generation(old), generation(next)]).toEqual(['1', '1']);
  const given = (text: string) => {
    const annotations = { 'deprecated.daemonset.template.generation': text };
    return generation(created(daemonSet, { ...object, metadata: { ...object.metadata, annotations } }));
  };
  expect([given('5'), given('-1'), given('x')]).toEqual(['5', '1', '1']);
  const sent = structuredClone(object);
  daemonSet.strategy.applyDefaults?.(sent);
  expect(generation(sent)).toBe('0');
  Object.assign(next.spec?.template.spec ?? {}, { hostNetwork: true });
  daemonSet.strategy.prepareForUpdate?.(next, old);
  expect(generation(next)).toBe('2');
  for (const annotations of [undefined, { 'deprecated.daemonset.template.generation': '7' }]) {
    const reported = { ...structuredClone(next), metadata: { ...next.metadata, annotations } };
    daemonSet.strategy.applyDefaults?.(reported);
    daemonSet.strategy.prepareForStatusUpdate?.(reported, next, {
      user: { name: 'u', groups: [] },
      now: '',
      warn: () => {},
    });
    expect(generation(reported)).toBe('2');
  }
});

test('a job selects its pods by its own uid', () => {
  const object: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default', uid: 'u-1' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] } } },
  };
  const { spec, metadata } = created(job, object);
  expect(spec).toMatchObject({
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } },
  });
  expect(spec?.template.metadata?.labels).toMatchObject({ 'job-name': 'j', 'controller-uid': 'u-1' });
  expect(metadata.labels).toEqual(spec?.template.metadata?.labels);
  expect(createErrors(job, object)).toEqual([]);
});

test('the template generation of a daemon set is a number of 64 bits, and stays in an update of the status', () => {
  const annotated = (text: string): DaemonSet => ({
    ...(anObject(daemonSet, {}) as DaemonSet),
    metadata: { name: 'd', annotations: { 'deprecated.daemonset.template.generation': text } },
  });
  const why = (text: string) => daemonSet.strategy.unreadable?.(annotated(text));
  expect(why('9223372036854775807')).toBeUndefined();
  expect(why('9223372036854775808')).toBe('strconv.ParseInt: parsing "9223372036854775808": value out of range');
  expect(why('1.5')).toBe('strconv.ParseInt: parsing "1.5": invalid syntax');
  const next = annotated('0');
  daemonSet.strategy.prepareForStatusUpdate?.(next, annotated('3'), BY);
  expect(next.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '3' });
});

test('claims of a StatefulSet have their own type, two of one name are one volume, and their sources a namespace', () => {
  const claim = (more: object = {}) => ({
    apiVersion: 'x/v1',
    kind: 'X',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
  });
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const set = (...claims: object[]) =>
    anObject(statefulSet, {
      spec: { selector: { matchLabels: { app: 'a' } }, serviceName: 's', template, volumeClaimTemplates: claims },
    });
  const made = created(statefulSet, set(claim(), claim()));
  expect(made).toMatchObject({
    spec: { volumeClaimTemplates: [0, 1].map(() => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })) },
  });
  expect(createErrors(statefulSet, set(claim(), claim()))).toEqual([]);
  const source = { kind: 'PersistentVolumeClaim', name: 'a', namespace: '-' };
  expect(createErrors(statefulSet, set(claim({ dataSourceRef: source })))).toEqual([
    expect.stringMatching(/dataSourceRef\.namespace: Invalid value: "-": a lowercase RFC 1123 label/),
  ]);
});

test('a rolling update that a daemon set does not use is completed, too', () => {
  const given = anObject(daemonSet, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } } });
  expect(created(daemonSet, given)).toMatchObject({
    spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } },
  });
});

test('an update strategy of no known type is shown with the numbers that it was given', () => {
  const given = (rollingUpdate?: object) =>
    anObject(daemonSet, {
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        updateStrategy: { type: 'Sometimes', rollingUpdate },
      },
    });
  const shown = (value: string) =>
    `spec.updateStrategy: Unsupported value: {"Type":"Sometimes","RollingUpdate":${value}}: supported values: "RollingUpdate", "OnDelete"`;
  expect(createErrors(daemonSet, given())).toEqual([shown('null')]);
  expect(createErrors(daemonSet, given({ maxUnavailable: '5%' }))).toEqual([
    shown('{"MaxUnavailable":"5%","MaxSurge":0}'),
  ]);
});
