/** Quotas that count objects, ports, storage and devices. */
import type { Json } from '../../mutations.ts';
import { create, patch, remove, type Scenario, type Step, send, wait } from '../scenario.ts';
import { job, quota, service, workload } from './objects.ts';

const QUOTA = 'resourcequotas/quota';
const CLAIMS = '/api/v1/namespaces/NAMESPACE/persistentvolumeclaims';

/** Upstream counts a new quota once its controller has seen it. */
const limited = (...quotas: Json[]): Step[] => [create(...quotas), wait(1)];
const object = (kind: string, name: string, more: Json = {}): Json => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
});
const claim = (name: string, storage: string, more: Json = {}): Json =>
  object('PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage } }, ...more },
  });

export const quotaCounts: Scenario[] = [
  {
    name: 'quota-counts',
    steps: [
      ...limited(
        quota({
          'count/configmaps': '3',
          'count/deployments.apps': '1',
          'count/replicasets.apps': '2',
          'count/jobs.batch': '1',
          secrets: '2',
          services: '3',
          'services.nodeports': '2',
          'services.loadbalancers': '1',
        }),
      ),
      create(object('ConfigMap', 'a'), object('ConfigMap', 'b'), object('Secret', 'a'), object('Secret', 'b')),
      send('POST', '/api/v1/namespaces/NAMESPACE/configmaps', object('ConfigMap', 'c')),
      send('POST', '/api/v1/namespaces/NAMESPACE/secrets', object('Secret', 'c')),
      create(service(), service({ type: 'NodePort', ports: [{ port: 80 }] }, { name: 'ported' })),
      send(
        'POST',
        '/api/v1/namespaces/NAMESPACE/services',
        service(
          {
            type: 'LoadBalancer',
            ports: [
              { name: 'a', port: 80 },
              { name: 'b', port: 81 },
            ],
          },
          { name: 'balanced' },
        ),
      ),
      create(service({ type: 'LoadBalancer' }, { name: 'balanced' })),
      patch('services/web', { spec: { type: 'ExternalName', externalName: 'x.example.com', selector: null } }, 'merge'),
      patch('services/ported', { spec: { type: 'ClusterIP' } }),
      create(workload('Deployment', { replicas: 1 }), job()),
      send('POST', '/apis/apps/v1/namespaces/NAMESPACE/deployments', {
        ...workload('Deployment'),
        metadata: { name: 'x' },
      }),
      patch('deployments/web', { spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } } }),
      patch('deployments/web', { spec: { template: { spec: { containers: [{ name: 'app', image: 'app:3' }] } } } }),
      remove('services/balanced'),
      remove('configmaps/a'),
      remove('deployments/web'),
      remove('jobs/web', { propagationPolicy: 'Orphan' }),
    ],
  },
  {
    name: 'quota-storage',
    steps: [
      ...limited(
        quota({
          persistentvolumeclaims: '3',
          'requests.storage': '10Gi',
          'own.storageclass.storage.k8s.io/requests.storage': '3Gi',
          'own.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
        }),
      ),
      create(claim('a', '2Gi'), claim('b', '2Gi', { storageClassName: 'own' })),
      send('POST', CLAIMS, claim('c', '1Gi', { storageClassName: 'own' })),
      send('POST', CLAIMS, claim('c', '7Gi')),
      create(claim('d', '6Gi')),
      send('POST', CLAIMS, claim('e', '0.1Gi')),
      remove('persistentvolumeclaims/b'),
      patch(QUOTA, { spec: { hard: { 'requests.storage': '1Gi' } } }),
      remove('persistentvolumeclaims/d'),
    ],
  },
  {
    name: 'quota-devices',
    steps: [
      ...limited(
        quota({ 'count/resourceclaims.resource.k8s.io': '2', 'own.deviceclass.resource.k8s.io/devices': '3' }),
      ),
      create({
        apiVersion: 'resource.k8s.io/v1',
        kind: 'ResourceClaim',
        metadata: { name: 'a' },
        spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'own', count: 2 } }] } },
      }),
      send('POST', '/apis/resource.k8s.io/v1/namespaces/NAMESPACE/resourceclaims', {
        apiVersion: 'resource.k8s.io/v1',
        kind: 'ResourceClaim',
        metadata: { name: 'b' },
        spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'own', count: 2 } }] } },
      }),
      remove('resourceclaims/a'),
    ],
  },
];
