/** Objects that every cluster has from its beginning to its end: made with it, and made anew when they are deleted. */
import type { KubeObject } from './machinery/object.ts';
import { rfc3339 } from './machinery/time.ts';

export const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

export const KUBERNETES_SERVICE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.1',
    sessionAffinity: 'None',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
};

/** The day since which the use of account tokens from Secrets is noted. `now` in milliseconds. */
export const tokenTracking = (now: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
  data: { since: rfc3339(now).slice(0, 10) },
});

/** The finalizer by which a range stays as long as addresses of its are in use. */
export const RANGE_FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

/** The range that Services have their addresses from; others may be added. */
export const SERVICE_CIDR: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes', finalizers: [RANGE_FINALIZER] },
  spec: { cidrs: ['10.96.0.0/16'] },
};

/** The condition of a range that addresses are given from. */
export const readyRange = (lastTransitionTime: string) => ({
  type: 'Ready',
  status: 'True',
  lastTransitionTime,
  reason: '',
  message: 'Kubernetes Service CIDR is ready',
});

const priorityClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
});

/** Upstream `pkg/apis/scheduling/v1/helpers.go`. */
export const SYSTEM_PRIORITY_CLASSES = [
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
];

export const systemNamespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});
