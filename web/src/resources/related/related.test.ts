import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { relatedTo, sourcesOf } from './index.ts';

const object = (name: string, more: object = {}, metadata: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...metadata },
    ...more,
  }) as KubeObject;

const owner = (name: string) => ({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name, uid: `uid-${name}` }] });

const spec = {
  nodeName: 'sim-0',
  serviceAccountName: 'robot',
  volumes: [
    { name: 'a', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'b', configMap: { name: 'settings' } },
    { name: 'c', projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'key' } }] } },
  ],
  initContainers: [{ name: 'i', env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'password', key: 'k' } } }] }],
  containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'flags' } }, { secretRef: { name: 'token' } }] }],
};
const pods = [
  object('web-10', { spec }, { labels: { app: 'web' }, ...owner('web-1') }),
  object('web-9', { spec: { nodeName: 'sim-1' } }, { labels: { app: 'web' }, ...owner('web-1') }),
  object('web-2', {}, { labels: { app: 'web' }, namespace: 'blog' }),
];
const lists: Record<string, KubeObject[]> = {
  pods,
  'replicasets.apps': [object('web-1', {}, owner('web')), object('api-1', {}, owner('api'))],
  services: [object('front', { spec: { selector: { app: 'web' } } }), object('headless', { spec: {} })],
  'networkpolicies.networking.k8s.io': [object('deny', { spec: { podSelector: {} } })],
  'poddisruptionbudgets.policy': [
    object('budget', { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } } }),
    object('broken', { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'Like', values: [] }] } } }),
  ],
  'ingresses.networking.k8s.io': [
    object('public', {
      spec: {
        ingressClassName: 'nginx',
        tls: [{ secretName: 'cert' }],
        rules: [{ http: { paths: [{ backend: { service: { name: 'front' } } }] } }],
      },
    }),
  ],
  'horizontalpodautoscalers.autoscaling': [
    object('auto', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' } } }),
  ],
  'rolebindings.rbac.authorization.k8s.io': [
    object('bound', {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [
        { kind: 'ServiceAccount', name: 'robot' },
        { kind: 'User', name: 'jane' },
      ],
    }),
  ],
};

function related(resource: string, of: KubeObject): Record<string, string[]> {
  const groups = relatedTo(resource, of, (name) => lists[name] ?? []);
  return Object.fromEntries(groups.map(({ name, refs }) => [name, refs.map((ref) => `${ref.resource}/${ref.name}`)]));
}

test.each<[string, KubeObject, Record<string, string[]>]>([
  [
    'deployments.apps',
    object('web', { spec: { selector: { matchLabels: { app: 'web' } } } }),
    {
      selects: ['pods/web-9', 'pods/web-10'],
      owned: ['replicasets.apps/web-1'],
      scaledBy: ['horizontalpodautoscalers.autoscaling/auto'],
    },
  ],
  ['replicasets.apps', object('web-1'), { owned: ['pods/web-9', 'pods/web-10'] }],
  [
    'services',
    lists.services![0]!,
    { selects: ['pods/web-9', 'pods/web-10'], routedFrom: ['ingresses.networking.k8s.io/public'] },
  ],
  ['services', lists.services![1]!, {}],
  ['poddisruptionbudgets.policy', lists['poddisruptionbudgets.policy']![1]!, {}],
  [
    'pods',
    pods[0]!,
    {
      runsOn: ['nodes/sim-0'],
      uses: [
        'persistentvolumeclaims/data',
        'configmaps/settings',
        'configmaps/flags',
        'secrets/key',
        'secrets/password',
        'secrets/token',
        'serviceaccounts/robot',
      ],
      selectedBy: ['services/front', 'networkpolicies.networking.k8s.io/deny', 'poddisruptionbudgets.policy/budget'],
    },
  ],
  ['nodes', object('sim-0', {}, { namespace: undefined }), { runs: ['pods/web-10'] }],
  ['configmaps', object('flags'), { usedBy: ['pods/web-10'] }],
  ['secrets', object('password'), { usedBy: ['pods/web-10'] }],
  [
    'serviceaccounts',
    object('robot'),
    { usedBy: ['pods/web-10'], grants: ['rolebindings.rbac.authorization.k8s.io/bound'] },
  ],
  [
    'persistentvolumes',
    object('pv', { spec: { claimRef: { namespace: 'shop', name: 'data' }, storageClassName: 'fast' } }),
    { bound: ['persistentvolumeclaims/data', 'storageclasses.storage.k8s.io/fast'] },
  ],
  [
    'ingresses.networking.k8s.io',
    lists['ingresses.networking.k8s.io']![0]!,
    { routesTo: ['services/front'], uses: ['ingressclasses.networking.k8s.io/nginx', 'secrets/cert'] },
  ],
  [
    'horizontalpodautoscalers.autoscaling',
    lists['horizontalpodautoscalers.autoscaling']![0]!,
    { scales: ['deployments.apps/web'] },
  ],
  [
    'rolebindings.rbac.authorization.k8s.io',
    lists['rolebindings.rbac.authorization.k8s.io']![0]!,
    { grants: ['clusterroles.rbac.authorization.k8s.io/view', 'serviceaccounts/robot'] },
  ],
  [
    'clusterroles.rbac.authorization.k8s.io',
    object('view'),
    { usedBy: ['rolebindings.rbac.authorization.k8s.io/bound'] },
  ],
  ['widgets.example.com', object('blue'), {}],
])('%s: %o', (resource, of, expected) => {
  expect(related(resource, of)).toEqual(expected);
});

test('only the kinds that matter are looked through', () => {
  expect(sourcesOf('services').sort()).toEqual([
    'endpointslices.discovery.k8s.io',
    'ingresses.networking.k8s.io',
    'pods',
  ]);
  expect(sourcesOf('widgets.example.com')).toEqual([]);
});
