/**
 * Builders of objects for tests. Each gives a valid object as a client would send it, with the parts that are handed
 * in laid over it: `pod({ metadata: { name: 'web-0' }, spec: { nodeName: 'n1' } })`.
 */
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
} from '../types.ts';
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

/** A ready node with 4 cores, 8 GiB and room for 110 pods. */
export function node(parts?: Partially<Node>): Node {
  const room = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' };
  const name = parts?.metadata?.name ?? 'node-1';
  return overlay<Node>(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
      spec: {},
      status: {
        capacity: room,
        allocatable: room,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is ready' }],
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: {
          architecture: 'amd64',
          bootID: 'boot',
          containerRuntimeVersion: 'containerd://2.2.0',
          kernelVersion: '6.12.0',
          kubeProxyVersion: '',
          kubeletVersion: 'v1.36.3',
          machineID: 'machine',
          operatingSystem: 'linux',
          osImage: 'Debian GNU/Linux 13 (trixie)',
          systemUUID: 'system',
        },
      },
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

export function replicaSet(parts?: Partially<ReplicaSet>): ReplicaSet {
  const { spec } = deployment();
  return overlay<ReplicaSet>(
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 2, selector: spec?.selector ?? {}, template: spec?.template },
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

export function endpointSlice(parts?: Partially<EndpointSlice>): EndpointSlice {
  return overlay<EndpointSlice>(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-abcde', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.5'], conditions: { ready: true } }],
      ports: [{ port: 80 }],
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

export function serviceAccount(parts?: Partially<ServiceAccount>): ServiceAccount {
  return overlay<ServiceAccount>(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } },
    parts,
  );
}
