/** Services and their addresses: EndpointSlices, Endpoints, and those that are kept by hand. */
import type { Json } from '../../mutations.ts';
import { all, create, free, kill, patch, patchPods, remove, runs, type Scenario, together, wait } from '../scenario.ts';
import { pod, service } from './objects.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const http = { name: 'http', containerPort: 8080 };

/** A pod at an address, with ports. */
function at(name: string, ips: string, more: Json = {}, ports: Json[] = [http]): Json {
  const { annotations, ...spec } = more;
  return pod(
    name,
    { annotations: { 'suite/ips': ips, ...annotations } },
    { containers: [{ name: 'app', image: 'app:1', ports }], ...spec },
  );
}

const slice = (metadata: Json, addresses: string[]): Json => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata,
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [{ addresses }],
});

export const services: Scenario[] = [
  {
    name: 'svc-pods',
    steps: [
      create(service()),
      create(
        at('a', '10.1.0.1'),
        at('b', '10.1.0.2'),
        at('c', '10.1.0.3', { annotations: { 'suite/run': 'unready' } }),
      ),
      runs({ named: /c/ }, 'ready '),
      runs({ named: /c/ }, 'ready'),
      runs({ named: /a/ }, 'unready'),
      patch('services/web', { spec: { publishNotReadyAddresses: true } }),
      patch('services/web', { metadata: { labels: { team: 'x', 'service.kubernetes.io/headless': 'no' } } }),
      patch('services/web', { metadata: { annotations: { note: 'y' } } }),
      patchPods({ named: /b/ }, { metadata: { labels: { app: 'other' } } }),
      patchPods({ named: /b/ }, { metadata: { labels: { app: 'web' } } }),
      kill({ named: /a/ }),
      runs({ named: /c/ }, 'fail'),
      kill({}),
      remove('services/web'),
    ],
  },
  {
    name: 'svc-terminating',
    steps: [
      create(
        service(),
        service({ publishNotReadyAddresses: true }, { name: 'all' }),
        service({ clusterIP: 'None' }, { name: 'headless' }),
        service({ clusterIP: 'None', ports: null }, { name: 'portless' }),
      ),
      create(
        at('a', '10.1.0.1', { annotations: { 'suite/stay': 'true' }, hostname: 'one', subdomain: 'headless' }),
        at('b', '10.1.0.2', { annotations: { 'suite/stay': 'true' } }),
      ),
      kill({ named: /a/ }),
      runs({ named: /a/ }, 'unready'),
      free({ named: /a/ }),
      remove('services/portless'),
    ],
  },
  {
    name: 'svc-ports',
    steps: [
      create(
        service({
          ports: [
            { name: 'http', port: 80, targetPort: 'http' },
            { name: 'dns', port: 53, protocol: 'UDP' },
          ],
        }),
      ),
      create(
        at('a', '10.1.0.1'),
        at('b', '10.1.0.2', {}, [{ name: 'http', containerPort: 9090 }]),
        at('c', '10.1.0.3', {}, []),
        at('d', '10.1.0.4', {}, [{ name: 'http', containerPort: 8080, protocol: 'UDP' }]),
      ),
      patch(
        'services/web',
        { spec: { ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'h2c' }] } },
        'merge',
      ),
      patch('services/web', { spec: { ports: [{ port: 80, targetPort: 'nowhere' }] } }, 'merge'),
      patch('services/web', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }, 'merge'),
      kill({}),
    ],
  },
  {
    name: 'svc-types',
    steps: [
      create(service(), at('a', '10.1.0.1')),
      patch(
        'services/web',
        { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } },
        'merge',
      ),
      kill({}),
      patch('services/web', { spec: { type: 'ClusterIP', externalName: null } }, 'merge'),
      create(at('b', '10.1.0.2')),
      patch('services/web', { spec: { type: 'NodePort' } }, 'merge'),
      patch('services/web', { spec: { selector: null } }, 'merge'),
      kill({}),
      patch('services/web', { spec: { selector: { app: 'web' } } }, 'merge'),
      patch('services/web', { spec: { selector: { app: 'none' } } }, 'merge'),
      patch('services/web', { spec: { type: 'LoadBalancer' } }, 'merge'),
      patch('services/web', { spec: { type: 'ClusterIP' } }, 'merge'),
    ],
  },
  {
    name: 'svc-hands',
    steps: [
      create(service(), at('a', '10.1.0.1')),
      all('endpointslices', { endpoints: [{ addresses: ['10.9.9.9'] }] }),
      all('endpointslices', { metadata: { labels: { extra: 'yes' } } }),
      patch('services/web', { metadata: { annotations: { note: 'y' } } }),
      all('endpointslices', undefined),
      create(slice({ name: 'mine', labels: { 'kubernetes.io/service-name': 'web' } }, ['10.9.9.1'])),
      create(
        slice(
          {
            name: 'false',
            labels: { 'kubernetes.io/service-name': 'web', [MANAGED_BY]: 'endpointslice-controller.k8s.io' },
          },
          ['10.9.9.2'],
        ),
      ),
      patch('endpoints/web', { subsets: [{ addresses: [{ ip: '10.9.9.3' }], ports: [{ port: 1 }] }] }, 'merge'),
      patch('endpoints/web', { metadata: { labels: { extra: 'yes' }, annotations: { note: 'z' } } }, 'merge'),
      patch('services/web', { metadata: { annotations: { note: 'z' } } }),
      remove('endpoints/web'),
      remove('services/web'),
    ],
  },
  {
    name: 'svc-mirror',
    steps: [
      create(service({ selector: null }, { labels: { of: 'service' } })),
      create({
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'web', labels: { a: 'b' }, annotations: { note: 'x' } },
        subsets: [
          {
            addresses: [{ ip: '10.9.0.1' }, { ip: '10.9.0.2', hostname: 'two', nodeName: 'n' }],
            notReadyAddresses: [{ ip: '10.9.0.3' }],
            ports: [
              { name: 'http', port: 8080 },
              { name: 'x', port: 9090, appProtocol: 'h2c' },
            ],
          },
          {
            addresses: [{ ip: '10.9.0.1' }, { ip: 'fd00::0:1' }],
            ports: [{ name: 'other', port: 7070, protocol: 'UDP' }],
          },
          { addresses: [{ ip: '10.9.0.4' }], ports: [{ name: 'other', port: 7070, protocol: 'UDP' }] },
        ],
      }),
      patch('endpoints/web', { metadata: { labels: { c: 'd' }, annotations: { note: null } } }, 'merge'),
      all('endpointslices', { endpoints: [{ addresses: ['10.9.9.9'] }] }, ({ addressType }) => addressType === 'IPv4'),
      all('endpointslices', { metadata: { labels: { extra: 'yes' } } }),
      patch('endpoints/web', { subsets: [{ addresses: [{ ip: '10.9.0.7' }] }] }, 'merge'),
      all('endpointslices', undefined),
      patch('endpoints/web', { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } }, 'merge'),
      patch('endpoints/web', { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'no' } } }, 'merge'),
      patch(
        'endpoints/web',
        { metadata: { annotations: { 'control-plane.alpha.kubernetes.io/leader': 'x' } } },
        'merge',
      ),
      patch(
        'endpoints/web',
        { metadata: { annotations: { 'control-plane.alpha.kubernetes.io/leader': null } } },
        'merge',
      ),
      patch('services/web', { spec: { selector: { app: 'web' } } }, 'merge'),
      patch('services/web', { spec: { selector: null } }, 'merge'),
      patch('endpoints/web', { subsets: null }, 'merge'),
      remove('endpoints/web'),
      remove('services/web'),
    ],
  },
  {
    name: 'svc-mirror-many',
    steps: [
      create(service({ selector: null })),
      create({
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'web' },
        subsets: [
          { addresses: range(1, 700), notReadyAddresses: range(701, 1100), ports: [{ port: 80 }] },
          { addresses: range(1200, 1300), ports: [{ port: 81 }] },
        ],
      }),
      patch(
        'endpoints/web',
        { subsets: [{ addresses: range(1, 700), notReadyAddresses: range(701, 900), ports: [{ port: 80 }] }] },
        'merge',
      ),
    ],
  },
  {
    // For itself: the nodes of other scenarios have no zones.
    name: 'svc-topology',
    nodes: 2,
    steps: [
      together(
        patch('nodes/NAMESPACE-n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'one' } } }),
        patch('nodes/NAMESPACE-n2', { metadata: { labels: { 'topology.kubernetes.io/zone': 'two' } } }),
        create(service({}, { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } })),
      ),
      create(at('a', '10.1.0.1', onNode(1))),
      create(at('b', '10.1.0.2', onNode(2))),
      create(at('c', '10.1.0.3', onNode(1))),
      create(at('d', '10.1.0.4', onNode(1))),
      runs({ named: /a/ }, 'unready'),
      runs({ named: /a/ }, 'ready'),
      patch('nodes/NAMESPACE-n2', { metadata: { labels: { 'topology.kubernetes.io/zone': null } } }),
      together(
        patch('nodes/NAMESPACE-n2', { metadata: { labels: { 'topology.kubernetes.io/zone': 'two' } } }),
        patch('services/web', { metadata: { labels: { a: 'b' } } }),
      ),
      patch('services/web', { metadata: { annotations: { 'service.kubernetes.io/topology-mode': null } } }),
      patch('services/web', { metadata: { annotations: { 'service.kubernetes.io/topology-aware-hints': 'auto' } } }),
    ],
  },
  {
    name: 'svc-nodeless',
    steps: [
      create(service(), service({ publishNotReadyAddresses: true }, { name: 'all' })),
      create(at('a', '10.1.0.1', { nodeName: 'missing' }), at('c', '10.1.0.3')),
      patchPods(
        { named: /a/ },
        {
          status: { podIP: '10.1.0.9', podIPs: [{ ip: '10.1.0.9' }], conditions: [{ type: 'Ready', status: 'True' }] },
        },
        '/status',
      ),
      wait(2),
    ],
  },
  {
    name: 'svc-near',
    nodes: 2,
    steps: [
      together(
        patch('nodes/NAMESPACE-n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'one' } } }),
        create(service({ trafficDistribution: 'PreferClose' })),
        create(at('a', '10.1.0.1', { nodeSelector: { 'topology.kubernetes.io/zone': 'one' } })),
      ),
      create(at('b', '10.1.0.2', { nodeSelector: { 'kubernetes.io/hostname': 'svc-near-n2' } })),
      patch('services/web', { spec: { trafficDistribution: 'PreferSameNode' } }),
      runs({ named: /a/ }, 'unready'),
      patch('services/web', { spec: { trafficDistribution: 'PreferSameZone' } }),
      patch('services/web', { metadata: { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } } }),
      patch('services/web', { metadata: { annotations: { 'service.kubernetes.io/topology-mode': null } } }),
      patch('services/web', { spec: { trafficDistribution: null } }, 'merge'),
    ],
  },
];

function onNode(which: number): Json {
  return { nodeSelector: { 'kubernetes.io/hostname': `svc-topology-n${which}` } };
}

function range(first: number, last: number): Json[] {
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const n = first + at;
    return { ip: `10.7.${n >> 8}.${n & 255}` };
  });
}
