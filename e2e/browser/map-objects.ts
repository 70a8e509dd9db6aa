/** Objects of many kinds that have to do with each other. */
import { call, type Endpoint } from '../../cli/local/client.ts';
import { deployment, deploymentsIn } from './rig.ts';

const WIDGETS = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

export async function fillMap(cluster: Endpoint): Promise<void> {
  const post = (path: string, body: object) => call<{ metadata: { uid: string } }>(cluster, 'POST', path, body);
  await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', WIDGETS);
  await post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  const core = '/api/v1/namespaces/shop';
  const labels = { app: 'web' };
  for (const name of ['settings', 'unused']) await post(`${core}/configmaps`, { metadata: { name } });
  await post(`${core}/serviceaccounts`, { metadata: { name: 'robot' } });
  await post(`${core}/persistentvolumeclaims`, {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await post(deploymentsIn('shop'), {
    metadata: { name: 'web', labels },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'robot',
          containers: [{ name: 'nginx', image: 'nginx', envFrom: [{ configMapRef: { name: 'settings' } }] }],
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
            { name: 'password', secret: { secretName: 'password', optional: true } },
          ],
        },
      },
    },
  });
  await post(deploymentsIn('shop'), deployment('api', 1));
  await post(`${core}/services`, { metadata: { name: 'front' }, spec: { selector: labels, ports: [{ port: 80 }] } });
  const backend = { service: { name: 'front', port: { number: 80 } } };
  await post('/apis/networking.k8s.io/v1/namespaces/shop/ingresses', {
    metadata: { name: 'public' },
    spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  });
  await post('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies', {
    metadata: { name: 'web' },
    spec: { podSelector: { matchLabels: labels } },
  });
  await post('/apis/policy/v1/namespaces/shop/poddisruptionbudgets', {
    metadata: { name: 'web' },
    spec: { minAvailable: 2, selector: { matchLabels: labels } },
  });
  await post('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
    metadata: { name: 'web' },
    spec: {
      minReplicas: 3,
      maxReplicas: 20,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  });
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget' };
  const { metadata } = await post('/apis/example.com/v1/namespaces/shop/widgets', {
    ...widget,
    metadata: { name: 'blue' },
  });
  const owner = { ...widget, name: 'blue', uid: metadata.uid };
  await post(`${core}/configmaps`, { metadata: { name: 'of-blue', ownerReferences: [owner] } });
}

/** Pods that stand by themselves, each with what it uses, in a namespace of their own. */
export async function fillMany(cluster: Endpoint, count: number, name = 'p'): Promise<void> {
  const post = (path: string, body: object) => call(cluster, 'POST', path, body);
  await post('/api/v1/namespaces', { metadata: { name: 'many' } }).catch(() => undefined);
  // A scheduler that there is none of leaves them as they are.
  const pod = (at: number) => ({
    metadata: { name: `${name}-${at}` },
    spec: {
      schedulerName: 'none',
      containers: [{ name: 'c', image: 'nginx', envFrom: [{ configMapRef: { name: `settings-${at % 20}` } }] }],
      volumes: at % 5 === 0 ? [{ name: 's', secret: { secretName: `shared-${at % 3}` } }] : [],
    },
  });
  const left = [...Array(count).keys()];
  const work = async (): Promise<void> => {
    for (let at = left.shift(); at !== undefined; at = left.shift())
      await post('/api/v1/namespaces/many/pods', pod(at));
  };
  await Promise.all(Array.from({ length: 8 }, work));
}
