import { expect, test } from 'vitest';
import type { Endpoints } from '../../kube/types.ts';
import { endpointsController } from './endpoints-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { runningStatus } from './runtime/testing/kubelet.ts';

const metadata = { name: 'web', namespace: 'default', labels: { team: 'a' } };
const spec = {
  clusterIP: '10.96.0.7',
  selector: { app: 'web' },
  ports: [
    { port: 80, targetPort: 'http', name: 'http' },
    { port: 443, targetPort: 8443, name: 'https' },
  ],
};

async function addPod({ api, time }: Harness, name: string, ip: string, ready = true): Promise<void> {
  const ports = [{ name: 'http', containerPort: 8080 }];
  await api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports }] },
  });
  const status = { ...runningStatus(time.now(), ip), ...(ready ? {} : { conditions: [] }) };
  await api.patch('pods', 'default', name, { status }, true);
}

test('ports that are reached at the same addresses share a subset, with the unready apart', async () => {
  const harness = new Harness([endpointsController]);
  const { api } = harness;
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
  await addPod(harness, 'b', '10.244.0.3');
  await addPod(harness, 'a', '10.244.0.2');
  await addPod(harness, 'c', '10.244.0.4', false);
  await harness.settle();
  const endpoints = () => api.read<Endpoints>('endpoints', 'default', 'web');
  expect(endpoints()?.metadata.labels).toEqual({
    team: 'a',
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  });
  expect(endpoints()?.subsets).toMatchObject([
    {
      addresses: [
        { ip: '10.244.0.2', nodeName: 'n1', targetRef: { kind: 'Pod', namespace: 'default', name: 'a' } },
        { ip: '10.244.0.3' },
      ],
      notReadyAddresses: [{ ip: '10.244.0.4' }],
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { name: 'https', port: 8443, protocol: 'TCP' },
      ],
    },
  ]);
  const written = api.revision;
  await harness.settle();
  expect(api.revision).toBe(written);

  await api.remove('endpoints', 'default', 'web');
  await harness.settle();
  expect(endpoints()?.subsets).toHaveLength(1);
  await api.remove('services', 'default', 'web');
  await harness.settle();
  expect(endpoints()).toBeUndefined();
});

test('Endpoints without a Service are left alone', async () => {
  const harness = new Harness([endpointsController]);
  const { api } = harness;
  const own = { name: 'own', namespace: 'default' };
  await api.apply('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: own });
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata: own, spec: { clusterIP: '10.96.0.8' } });
  await harness.settle();
  expect(api.read('endpoints', 'default', 'own')).toBeDefined();
});
