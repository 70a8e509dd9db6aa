/** Autoscalers with a problem that stands: it is told again ever more seldom, and its end is seen at once. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { HPAS, MERGE, MINUTE, NAMESPACE, Scaled } from './scaled.ts';

interface Event extends KubeObject {
  reason: string;
  count?: number;
}

async function timesTold(web: Scaled, reason: string): Promise<number> {
  const events = await web.cluster.list<Event>(`/api/v1/${NAMESPACE}/events`);
  return events.filter((event) => event.reason === reason).reduce((sum, { count = 1 }) => sum + count, 0);
}

test('pods that ask for nothing are told of after 15 s, 30 s … 5 min; once they do, the autoscaler acts', async () => {
  const web = await Scaled.start(1, {}, 'requests');
  const { cluster } = web;
  await cluster.advance(50 * MINUTE);
  expect(await web.conditions()).toContain('ScalingActive=False FailedGetResourceMetric');
  // Five until four minutes have passed, and one every five minutes from then on.
  expect(await timesTold(web, 'FailedComputeMetricsReplicas')).toBeLessThan(20);
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }];
  const annotations = { 'islet.dev/simulated-cpu': '100m' };
  const template = { metadata: { annotations }, spec: { containers } };
  await cluster.must(`PATCH /apis/apps/v1/${NAMESPACE}/deployments/web`, { spec: { template } }, MERGE);
  await cluster.advance(MINUTE);
  expect(await web.replicas()).toBeGreaterThan(1);
}, 60_000);

test('a target that is not there is asked for ever more seldom, and found as soon as it is made', async () => {
  const web = await Scaled.start(1);
  const { cluster } = web;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'later' };
  await cluster.must(`PATCH ${HPAS}/web`, { spec: { scaleTargetRef, minReplicas: 2 } }, MERGE);
  await cluster.advance(50 * MINUTE);
  expect(await web.conditions()).toContain('AbleToScale=False FailedGetScale');
  expect(await timesTold(web, 'FailedGetScale')).toBeLessThan(20);
  const labels = { app: 'later' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  await cluster.must(`POST /apis/apps/v1/${NAMESPACE}/deployments`, {
    metadata: { name: 'later' },
    spec: { selector: { matchLabels: labels }, template },
  });
  await cluster.advance(20_000);
  const { spec } = await cluster.must<{ spec: { replicas: number } }>(
    `GET /apis/apps/v1/${NAMESPACE}/deployments/later`,
  );
  expect(spec.replicas).toBe(2);
}, 60_000);
