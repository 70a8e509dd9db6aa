/** The view's facts about Services with load balancers, and about nodes that these send to. */
import { fnv1a } from '../../../kube/machinery/fnv.ts';
import type { Node, Service } from '../../../kube/types.ts';
import { defineIndex, defineProjection, type Projection } from '../runtime/view/projection.ts';

export const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** The cluster autoscaler's, of a node that it is about to delete. */
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';

/** Of a Service whose load balancer is no other class's: a hash of what a load balancer is made from. */
export const balanced = defineProjection<number>({
  field: 'balanced',
  resource: 'services',
  compute: (object) =>
    isBalanced(object as unknown as Service) ? contentHash(object as unknown as Service) : undefined,
});

/** Those that have the type, or something to clean up. */
export const balancedServices = defineIndex({
  name: 'Services with load balancers',
  resource: 'services',
  values: (service) => (balanced.of(service) !== undefined || service.finalizers.includes(FINALIZER) ? [''] : []),
});

interface BackendFacts {
  included: boolean;
  tainted: boolean;
  providerID?: string;
}

export const backend = defineProjection<BackendFacts>({
  field: 'backend',
  resource: 'nodes',
  compute(object, intern) {
    const { metadata, spec } = object as unknown as Node;
    const { providerID, taints = [] } = spec ?? {};
    const label = metadata.labels?.[EXCLUDED];
    return intern.value({
      // Go's `strconv.ParseBool`; what it does not read excludes the node, too.
      included: label === undefined || ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(label),
      tainted: taints.some(({ key }) => key === TO_BE_DELETED),
      ...(providerID ? { providerID } : {}),
    });
  },
});

export function isBackend(node: Projection): boolean {
  const facts = backend.of(node);
  return (facts?.included && !facts.tainted && !node.deleting) ?? false;
}

/** `wantsLoadBalancer` */
export function isBalanced({ spec }: Service): boolean {
  return spec?.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

/** The fields that `needsUpdate` compares. */
function contentHash({ metadata, spec = {} }: Service): number {
  const ports = (spec.ports ?? []).map(({ name, protocol, port, nodePort, targetPort, appProtocol }) => [
    ...[name, protocol, port, nodePort, targetPort, appProtocol],
  ]);
  const { loadBalancerSourceRanges, sessionAffinity, sessionAffinityConfig, loadBalancerIP, externalIPs } = spec;
  const { externalTrafficPolicy, healthCheckNodePort, ipFamilies } = spec;
  const annotations = Object.entries(metadata.annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const compared = [
    ...[metadata.uid, annotations, ports, loadBalancerSourceRanges, sessionAffinity, sessionAffinityConfig],
    ...[loadBalancerIP, externalIPs, externalTrafficPolicy, healthCheckNodePort, ipFamilies?.length],
  ];
  return fnv1a(JSON.stringify(compared));
}
