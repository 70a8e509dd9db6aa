/**
 * Builders of objects for tests. Each gives a valid object as a client would send it, with the parts that are handed
 * in laid over it: `pod({ metadata: { name: 'web-0' }, spec: { nodeName: 'n1' } })`.
 */
import type { ConfigMap, Deployment, Namespace, Pod, Secret, Service } from '../types.ts';
import { overlay, type Partially } from './overlay.ts';

export function pod(parts?: Partially<Pod>): Pod {
  return overlay<Pod>(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.14.2' }] },
    },
    parts,
  );
}

export function deployment(parts?: Partially<Deployment>): Deployment {
  return overlay<Deployment>(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'main', image: 'nginx:1.14.2' }] },
        },
      },
    },
    parts,
  );
}

/** The example of the Kubernetes documentation (`controllers/nginx-deployment.yaml`). */
export function nginxDeployment(parts?: Partially<Deployment>): Deployment {
  return overlay<Deployment>(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'nginx-deployment', namespace: 'default', labels: { app: 'nginx' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'nginx' } },
        template: {
          metadata: { labels: { app: 'nginx' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }] },
        },
      },
    },
    parts,
  );
}

export function service(parts?: Partially<Service>): Service {
  return overlay<Service>(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    parts,
  );
}

export function namespace(parts?: Partially<Namespace>): Namespace {
  return overlay<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }, parts);
}

export function configMap(parts?: Partially<ConfigMap>): ConfigMap {
  return overlay<ConfigMap>(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { colour: 'blue' },
    },
    parts,
  );
}

export function secret(parts?: Partially<Secret>): Secret {
  return overlay<Secret>(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data: { password: 'c2VjcmV0' },
    },
    parts,
  );
}
