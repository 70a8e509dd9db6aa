/** Gives a Service its addresses and ports (upstream `pkg/registry/core/service/storage/alloc.go`). */
import { validateClusterIPs } from '../../../kube/kinds/core/service-cluster-ips.ts';
import { joinClusterIPs } from '../../../kube/kinds/core/service-types.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Service } from '../../../kube/types.ts';
import { invalid } from '../errors.ts';
import { type Claims, NODE_PORTS } from './allocator.ts';

type Spec = NonNullable<Service['spec']>;

/** Changes `object`. Throws 422 when a wanted address or port is taken, or out of range. */
export function allocateService(
  object: KubeObject,
  old: KubeObject | undefined,
  claims: Claims,
  isDryRun: boolean,
): void {
  claims.reset();
  const spec = (object as unknown as Service).spec;
  if (!spec) return;
  const before = (old as unknown as Service | undefined)?.spec;
  if (before) {
    carryOver(spec, before);
    joinClusterIPs(spec, before);
  }
  // The fields of addresses are validated alone, before any address is allocated.
  const disagreements = validateClusterIPs(spec, before);
  if (disagreements.length > 0) throw invalid('Service', object.metadata.name ?? '', disagreements);
  const errors: FieldError[] = [];
  if (spec.type === 'ExternalName' || isChanged(spec, before)) {
    // Validation refuses it, in words of its own.
  } else allocateAddress(spec, errors, claims, isDryRun);
  if (needsNodePorts(spec)) allocatePorts(spec, errors, claims);
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort = claims.port(spec.healthCheckNodePort || undefined) ?? spec.healthCheckNodePort;
  }
  if (errors.length > 0) throw invalid('Service', object.metadata.name ?? '', errors);
}

/** A client that leaves out allocated values means to keep them (`patchAllocatedValues`); ports keep theirs by name. */
function carryOver(spec: Spec, before: Spec): void {
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    spec.clusterIP ||= before.clusterIP;
    if (!spec.clusterIPs?.length) spec.clusterIPs = before.clusterIPs;
    spec.ipFamilies ??= before.ipFamilies;
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy;
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const known = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
    const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort).filter(Boolean));
    for (const port of spec.ports ?? []) {
      const kept = known.get(port.name ?? '');
      if (!port.nodePort && kept && !used.has(kept)) port.nodePort = kept;
    }
    if (spec.externalTrafficPolicy === 'Local') spec.healthCheckNodePort ||= before.healthCheckNodePort;
  }
}

/** An address that a service has can be given up, but not exchanged. */
function isChanged(spec: Spec, before: Spec | undefined): boolean {
  if (!before?.clusterIP || before.type === 'ExternalName') return false;
  return spec.clusterIP !== before.clusterIP;
}

function needsNodePorts(spec: Spec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}

function allocateAddress(spec: Spec, errors: FieldError[], claims: Claims, isDryRun: boolean): void {
  const wanted = spec.clusterIP || spec.clusterIPs?.[0];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (wanted === 'None') {
    spec.clusterIP ??= 'None';
    if (!spec.clusterIPs?.length) spec.clusterIPs = ['None'];
    return;
  }
  if (wanted && !claims.inRange(wanted)) {
    // A dry run asks a range itself; a write first looks for a range that the address is in.
    const why = isDryRun
      ? `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${claims.ranges[0] ?? ''}`
      : 'the provided network does not match the current range';
    errors.push(fieldError.invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`));
    return;
  }
  const ip = claims.ip(wanted || undefined);
  if (ip === undefined) {
    const why = wanted
      ? `failed to allocate IP ${wanted}: provided IP is already allocated`
      : 'failed to allocate a serviceIP: range is full';
    errors.push(fieldError.invalid('spec.clusterIPs', wanted ? [wanted] : [], why));
    return;
  }
  spec.clusterIP = ip;
  // More or other addresses beside it are validation's to refuse.
  if (!spec.clusterIPs?.length) spec.clusterIPs = [ip];
}

function allocatePorts(spec: Spec, errors: FieldError[], claims: Claims): void {
  /** Node ports of this Service, in which a number may serve several protocols. */
  const own = new Set<number>();
  (spec.ports ?? []).forEach((port, i) => {
    const field = `spec.ports[${i}].nodePort`;
    const wanted = port.nodePort || undefined;
    if (wanted !== undefined && own.has(wanted)) return;
    if (wanted !== undefined && (wanted < NODE_PORTS.first || wanted > NODE_PORTS.last)) {
      const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
      const why = `provided port is not in the valid range. The range of valid ports is ${range}`;
      errors.push(fieldError.invalid(field, wanted, why));
      return;
    }
    const number = claims.port(wanted);
    if (number === undefined) {
      errors.push(
        fieldError.invalid(field, wanted ?? 0, wanted ? 'provided port is already allocated' : 'range is full'),
      );
      return;
    }
    port.nodePort = number;
    own.add(number);
  });
}
