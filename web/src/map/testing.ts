/** Objects for tests of the map. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Known } from './graph.ts';

export function object(name: string, more: object = {}, metadata: object = {}): KubeObject {
  const own = { name, namespace: 'shop', uid: `uid-${name}`, ...metadata };
  return { apiVersion: 'v1', kind: 'X', metadata: own, ...more } as KubeObject;
}

export const ownedBy = (name: string, kind = 'X', apiVersion = 'v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}` }],
});

export const labels = (app: string) => ({ labels: { app } });

export function known(lists: Readonly<Record<string, KubeObject[]>>): Map<string, Known> {
  return new Map(Object.entries(lists).map(([resource, objects]) => [resource, { objects, complete: true }]));
}

/** A Deployment of some pods, with all that goes with it. */
export function shop(replicas: number): Record<string, KubeObject[]> {
  const volumes = [
    { configMap: { name: 'settings' } },
    { persistentVolumeClaim: { claimName: 'data' } },
    { projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } },
  ];
  const pods = Array.from({ length: replicas }, (_, at) =>
    object(
      `web-1-${at}`,
      { spec: { volumes, serviceAccountName: 'default', nodeName: 'sim-0' } },
      { ...labels('web'), ...ownedBy('web-1') },
    ),
  );
  const cluster = { namespace: undefined };
  return {
    'deployments.apps': [object('web', { spec: { selector: { matchLabels: { app: 'web' } } } })],
    'replicasets.apps': [object('web-1', { spec: { replicas } }, ownedBy('web'))],
    pods,
    services: [object('front', { spec: { selector: { app: 'web' } } })],
    'endpointslices.discovery.k8s.io': [
      object(
        'front-x',
        { endpoints: pods.map(({ metadata }) => ({ targetRef: { kind: 'Pod', name: metadata.name } })) },
        ownedBy('front'),
      ),
    ],
    'ingresses.networking.k8s.io': [
      object('public', { spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'front' } } }] } }] } }),
    ],
    'horizontalpodautoscalers.autoscaling': [
      object('auto', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
    ],
    configmaps: [object('kube-root-ca.crt'), object('unused')],
    persistentvolumeclaims: [object('data', { spec: { volumeName: 'pv-1', storageClassName: 'standard' } })],
    persistentvolumes: [
      object(
        'pv-1',
        { spec: { storageClassName: 'standard', claimRef: { namespace: 'shop', name: 'data' } } },
        cluster,
      ),
    ],
    'storageclasses.storage.k8s.io': [object('standard', {}, cluster)],
    nodes: [object('sim-0', {}, cluster)],
  };
}
