/** Small objects for tests, their paths, and headers. */
import type { TestApi } from './harness.ts';

export const pod = (
  name: string,
  more: { labels?: Record<string, string>; spec?: object; metadata?: object } = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: more.labels ?? { app: 'web' }, ...more.metadata },
  spec: { containers: [{ name: 'main', image: 'nginx:1.14.2' }], ...more.spec },
});

export const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }] },
    },
    ...spec,
  },
});

/** The Deployment `d`, with the fields alone that a Deployment must have, and those of `spec`. */
export const bareDeployment = (spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    ...spec,
  },
});

export const configMap = (name: string, data: Record<string, string> = { a: '1' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

export const node = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
});

export const PODS = '/api/v1/namespaces/default/pods';
export const MAPS = '/api/v1/namespaces/default/configmaps';
export const SERVICES = '/api/v1/namespaces/default/services';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const MERGE = { 'content-type': 'application/merge-patch+json' };
export const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
export const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
export const APPLY = { 'content-type': 'application/apply-patch+yaml' };
export const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

/** Server-side apply; `body` as an object, or as YAML. */
export const apply = ({ call }: Pick<TestApi, 'call'>, path: string, body: unknown, query = 'fieldManager=m') =>
  call(`PATCH ${path}?${query}`, { body, headers: APPLY });
