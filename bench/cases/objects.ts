/** The objects that the cases write. */
import type { KubeObject } from '../../kube/machinery/object.ts';

export function configMap(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels: { app: 'bench' } },
    data: { text: 'x'.repeat(700) },
  };
}

/** A pod of about 5 KB that no scheduler takes. */
export function idlePod(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench-list' }, annotations: { fill: 'x'.repeat(2_000) } },
    spec: {
      schedulerName: 'nobody',
      containers: [{ name: 'main', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }],
    },
  };
}

export function deployment(name: string, replicas: number): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2', ports: [{ containerPort: 80 }] }] },
      },
    },
  };
}
