/** Metrics of controllers, by upstream's names and labels. */
import { expect, test } from 'vitest';
import { TestCronJob } from './cronjob/testing/cron-jobs.ts';
import { ephemeralVolumeController } from './ephemeral-volume-controller.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler-controller.ts';
import { nodeLifecycleController } from './node-lifecycle-controller.ts';
import { TestVolumes } from './persistent-volume-binder/testing/volumes.ts';
import { podGarbageCollector } from './pod-garbage-collector.ts';
import { resourceClaimController } from './resource-claim-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { Refusal } from './runtime/testing/memory-api.ts';
import { taintEvictionController } from './taint-eviction-controller.ts';

const meta = (name: string, more: object = {}) => ({ name, namespace: 'n', ...more });
const node = (name: string, zone: string, ready: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'topology.kubernetes.io/zone': zone }, ...more },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

test('a CronJob whose cluster slept through a time tells how late its Job was', async () => {
  const { harness } = await TestCronJob.of('2026-03-01T10:00:30Z');
  harness.time.advance(35_000);
  await harness.settle();
  expect(harness.measured('cronjob_controller_')).toEqual({ job_creation_skew_duration_seconds: 1 });
  const [family] = [...harness.metrics.families()].filter(({ name }) => name.startsWith('cronjob_controller_'));
  expect(family?.series[0]?.state).toMatchObject({ sum: 5 });
});

test('claims of ephemeral volumes are counted as asked for, and as refused', async () => {
  const harness = new Harness([ephemeralVolumeController]);
  const spec = { volumes: [{ name: 'a', ephemeral: { volumeClaimTemplate: { spec: {} } } }] };
  await harness.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: meta('p'), spec });
  await harness.settle();
  expect(harness.measured('ephemeral_volume_controller_')).toEqual({ create_total: 1 });
  harness.api.intercept = ({ method }) => {
    if (method === 'POST') throw new Refusal('Forbidden', 'exceeded quota');
  };
  await harness.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: meta('q'), spec });
  await harness.settle(1);
  const { create_total: asked = 0, create_failures_total: refused = 0 } =
    harness.measured('ephemeral_volume_controller_');
  expect(refused).toBeGreaterThan(0);
  expect(asked).toBe(1 + refused);
});

test('zones tell of their nodes, of those that are not ready, and of evictions that began', async () => {
  const harness = new Harness([nodeLifecycleController]);
  const excluded = { labels: { 'node.kubernetes.io/exclude-disruption': '' } };
  await harness.api.apply('nodes', node('a1', 'a', 'True'));
  await harness.api.apply('nodes', node('a2', 'a', 'Unknown'));
  await harness.api.apply('nodes', node('b1', 'b', 'True'));
  await harness.api.apply('nodes', node('x', '', 'False', excluded));
  await harness.settle();
  const zone = (name: string) => `:\0:${name}`;
  expect(harness.measured('node_collector_')).toEqual({
    [`evictions_total ${zone('a')}`]: 1,
    'evictions_total ': 1,
    [`unhealthy_nodes_in_zone ${zone('a')}`]: 1,
    [`unhealthy_nodes_in_zone ${zone('b')}`]: 0,
    [`zone_health ${zone('a')}`]: 50,
    [`zone_health ${zone('b')}`]: 100,
    [`zone_size ${zone('a')}`]: 2,
    [`zone_size ${zone('b')}`]: 1,
  });
});

test('pods that a taint deletes are counted, with the time between their end and their deletion', async () => {
  const harness = new Harness([taintEvictionController]);
  const tolerations = [{ key: 'k', operator: 'Exists', tolerationSeconds: 60 }];
  await harness.api.apply('nodes', node('n1', '', 'True'));
  for (const [name, more] of Object.entries({ now: {}, later: { tolerations } })) {
    const spec = { nodeName: 'n1', containers: [], ...more };
    await harness.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: meta(name), spec });
  }
  await harness.api.patch('nodes', '', 'n1', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } });
  await harness.settle();
  expect(harness.measured('taint_eviction_controller_')).toMatchObject({ pod_deletions_total: 1 });
  harness.time.advance(67_000);
  await harness.settle();
  expect(harness.measured('taint_eviction_controller_')).toEqual({
    pod_deletions_total: 2,
    pod_deletion_duration_seconds: 2,
  });
});

test('pods that are collected are counted by their namespace, and why', async () => {
  const harness = new Harness([podGarbageCollector]);
  const spec = { nodeName: 'gone', containers: [] };
  await harness.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: meta('p'), spec, status: {} });
  await harness.settle(60_000);
  expect(harness.measured('pod_gc_collector_')).toEqual({ 'force_delete_pods_total n orphaned': 1 });
});

test('volumes and claims are counted by class, bound or not', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('bound');
  await cluster.volume('free', {
    storageClassName: 'fast',
    hostPath: undefined,
    csi: { driver: 'd', volumeHandle: 'h' },
  });
  await cluster.claim('data');
  await cluster.claim('waits', { storageClassName: 'none', volumeAttributesClassName: 'gold' });
  await cluster.settle();
  expect(cluster.harness.measured('pv_collector_')).toEqual({
    'bound_pv_count ': 1,
    'unbound_pv_count fast': 1,
    'total_pv_count N/A Filesystem': 1,
    'total_pv_count kubernetes.io/host-path Filesystem': 1,
    'bound_pvc_count default  ': 1,
    'unbound_pvc_count default none gold': 1,
  });
});

test('resource claims are counted as made, and by where they are from and whether they are allocated', async () => {
  const harness = new Harness([resourceClaimController]);
  const exactly = { deviceClassName: 'c', adminAccess: true };
  const spec = { spec: { devices: { requests: [{ name: 'r', exactly }] } } };
  await harness.api.apply('resourceclaimtemplates.resource.k8s.io', { kind: 'T', metadata: meta('t'), spec });
  const resourceClaims = [{ name: 'c', resourceClaimTemplateName: 't' }];
  await harness.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata: meta('p'), spec: { resourceClaims } });
  await harness.settle();
  expect(harness.measured('resourceclaim_controller_')).toEqual({
    'creates_total true success': 1,
    'resource_claims true false resource_claim_template': 1,
  });
});

test('autoscalers are counted, and tell what they decided', async () => {
  const harness = new Harness([horizontalPodAutoscalerController]);
  const hpa = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
  const spec = {
    maxReplicas: 3,
    metrics: [],
    scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
  };
  const status = { desiredReplicas: 2 };
  await harness.api.apply('horizontalpodautoscalers.autoscaling', { ...hpa, metadata: meta('h'), spec, status });
  expect(harness.measured('horizontal_pod_autoscaler_controller_')).toEqual({
    num_horizontal_pod_autoscalers: 1,
    'desired_replicas h n': 2,
  });
});
