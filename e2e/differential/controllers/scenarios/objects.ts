/** The objects that scenarios begin with. */
import type { Json } from '../../mutations.ts';

const container = { name: 'app', image: 'app:1' };
const labels = { app: 'web' };

/** `annotations` tell the kubelet how to run its pods. */
export function template(annotations: Record<string, string> = {}, spec: Json = {}): Json {
  return {
    metadata: { labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { containers: [container], ...spec },
  };
}

export function workload(
  kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet',
  spec: Json = {},
  metadata: Json = {},
): Json {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', ...metadata },
    spec: { selector: { matchLabels: labels }, template: template(), ...spec },
  };
}

export function replicationController(spec: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web' },
    spec: { selector: labels, template: template(), ...spec },
  };
}

export function job(spec: Json = {}, annotations: Record<string, string> = {}, pod: Json = {}): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'web' },
    spec: { template: template(annotations, { restartPolicy: 'Never', ...pod }), ...spec },
  };
}

/** Each minute a Job whose pod runs until a step ends it. */
export function cronJob(spec: Json = {}, jobSpec: Json = {}): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'web' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: { metadata: { labels }, spec: { ...job().spec, ...jobSpec } },
      ...spec,
    },
  };
}

/** Of a metric that neither side has. */
export function autoscaler(spec: Json = {}): Json {
  const target = { type: 'AverageValue', averageValue: '3' };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 5,
      metrics: [{ type: 'External', external: { metric: { name: 'depth' }, target } }],
      ...spec,
    },
  };
}

export function pod(name: string, metadata: Json = {}, spec: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ...metadata },
    spec: { containers: [container], ...spec },
  };
}

export function quota(hard: Record<string, string>): Json {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard } };
}

/** Of pods with the label, at their port `http`. */
export function service(spec: Json = {}, metadata: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', ...metadata },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}
