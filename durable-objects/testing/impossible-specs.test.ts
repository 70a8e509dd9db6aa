/** Specs that cannot come true: refused as by kube-apiserver 1.36.3, or stored, told of once and waited for. */
import { expect, test } from 'vitest';
import type { Event } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const CORE = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const CRONJOBS = '/apis/batch/v1/namespaces/default/cronjobs';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const CLAIMS = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const containers = [{ name: 'c', image: 'i' }];
const selector = { matchLabels: { app: 'x' } };
const template = (app: string, more: object = {}) => ({ metadata: { labels: { app } }, spec: { containers, ...more } });
const never = template('x', { restartPolicy: 'Never' });
const cron = (schedule: string) => ({ schedule, jobTemplate: { spec: { template: never } } });
const twice = { matchExpressions: ['In', 'NotIn'].map((operator) => ({ key: 'app', operator, values: ['x'] })) };
const mismatch = 'spec.template.metadata.labels: Invalid value: ';
const parse = (text: string, why: string) =>
  `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": ${why}`;

test('what no object can be is refused with the words of upstream', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const refused: [path: string, spec: object, message: string][] = [
    ...['deployments', 'replicasets', 'daemonsets'].flatMap((plural): [string, object, string][] => [
      [
        `${APPS}/${plural}`,
        { selector, template: template('y') },
        `${mismatch}{"app":"y"}: \`selector\` does not match`,
      ],
      [
        `${APPS}/${plural}`,
        { selector: twice, template: template('x') },
        `${mismatch}{"app":"x"}: \`selector\` does not`,
      ],
      [`${APPS}/${plural}`, { selector: {}, template: template('x') }, 'empty selector is invalid for '],
    ]),
    [JOBS, { selector, template: never }, '`selector` not auto-generated'],
    [BUDGETS, { selector, minAvailable: 1, maxUnavailable: 1 }, 'minAvailable and maxUnavailable cannot be both set'],
    [BUDGETS, { selector, minAvailable: '200%' }, 'Invalid value: "200%": must not be greater than 100%'],
    [`${CORE}/resourcequotas`, { hard: { bananas: '1' } }, '"bananas": must be a standard resource for quota'],
    [`${CORE}/resourcequotas`, { hard: { pods: '1.5' } }, 'Invalid value: "1500m": must be an integer'],
    [
      `${CORE}/resourcequotas`,
      { hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] },
      'conflicting scopes',
    ],
    [CRONJOBS, cron('* * * * 7'), 'end of range (7) above maximum (6): 7'],
    [CRONJOBS, cron('99999999999999999999 * * * *'), parse('99999999999999999999', 'value out of range')],
    [CRONJOBS, cron('*/0 * * * *'), 'step of range should be a positive number: */0'],
    [CRONJOBS, cron('* * * * FRI-MON'), 'beginning of range (5) beyond end of range (1): FRI-MON'],
  ];
  const { rowsWritten } = cluster;
  for (const [path, spec, message] of refused) {
    const { status, body } = await cluster.send<{ message: string }>(`POST ${path}`, { metadata: { name: 'a' }, spec });
    expect([status, body.message]).toEqual([422, expect.stringContaining(message)]);
  }
  expect(cluster.rowsWritten).toBe(rowsWritten);
});

test('what can never come is told, and no object is written from then on', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const request = { name: 'r', exactly: { deviceClassName: 'none' } };
  const terms = [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] }];
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  const storage = { requests: { storage: '1Gi' } };
  const pod = (more: object) => ({ containers, ...more });
  const stored: [path: string, name: string, spec: object][] = [
    [CRONJOBS, 'february', cron('0 0 30 2 *')],
    [CLAIMS, 'claim', { devices: { requests: [request] } }],
    [`${CORE}/pods`, 'classless', pod({ resourceClaims: [{ name: 'q', resourceClaimName: 'claim' }] })],
    [`${CORE}/pods`, 'untemplated', pod({ resourceClaims: [{ name: 'q', resourceClaimTemplateName: 'absent' }] })],
    [`${CORE}/pods`, 'nowhere', pod({ nodeSelector: { a: 'b' }, affinity: { nodeAffinity } })],
    [`${CORE}/pods`, 'unstored', pod({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'absent' } }] })],
    [
      `${CORE}/persistentvolumeclaims`,
      'v',
      { storageClassName: 'none', accessModes: ['ReadWriteOnce'], resources: storage },
    ],
    [BUDGETS, 'huge', { selector, minAvailable: 2_147_483_647 }],
    [BUDGETS, 'unbounded', { selector }],
    [
      HPAS,
      'self',
      {
        maxReplicas: 2,
        scaleTargetRef: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'self' },
      },
    ],
  ];
  for (const [path, name, spec] of stored) await cluster.must(`POST ${path}`, { metadata: { name }, spec });
  await cluster.advance(30_000);
  const events = (await cluster.list<Event>(`${CORE}/events`))
    .filter(({ type }) => type === 'Warning')
    .map(({ involvedObject, reason, message }) => `${involvedObject.name} ${reason}: ${message}`);
  const preemption = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  const none = '0/1 nodes are available:';
  const held = `no new claims to deallocate, ${preemption}`;
  expect(events.sort()).toEqual([
    `classless FailedScheduling: ${none} request r: device class none does not exist. ${held}`,
    'february InvalidSchedule: invalid schedule: 0 0 30 2 * : time difference between two schedules is less than 1 second',
    `nowhere FailedScheduling: ${none} 1 node(s) didn't match Pod's node affinity/selector. ${held}`,
    'self FailedGetScale: the server could not find the requested resource',
    `unstored FailedScheduling: ${none} persistentvolumeclaim "absent" not found. not found`,
    'untemplated FailedResourceClaimCreation: PodResourceClaim q: resource claim template "absent": resourceclaimtemplate.resource.k8s.io "absent" not found',
    'v ProvisioningFailed: storageclass.storage.k8s.io "none" not found',
  ]);
  await cluster.must(`DELETE ${HPAS}/self`);
  await cluster.advance(HOUR);
  const { rowsWritten, revision } = cluster;
  await cluster.advance(HOUR);
  // Every five minutes the scheduler tries its pods again, as the last resort: its timer, the guard and its decisions.
  expect([cluster.revision - revision, cluster.rowsWritten - rowsWritten < 100]).toEqual([0, true]);
  expect(cluster.reported).toEqual([]);
});
