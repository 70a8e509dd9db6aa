/** Gives a Service its addresses and ports (upstream `pkg/registry/core/service/storage/alloc.go`). */
import { initFamilies } from '../../../kube/kinds/core/service-families.ts';
import { joinClusterIPs, needsHealthCheck } from '../../../kube/kinds/core/service-types.ts';
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
  const disagreements = initFamilies(spec, before);
  if (disagreements.length > 0) throw invalid('Service', object.metadata.name ?? '', disagreements);
  const errors: FieldError[] = [];
  if (spec.type === 'ExternalName' || isChanged(spec, before)) {
    // Validation refuses it, in words of its own.
  } else allocateAddress(object, spec, errors, claims, isDryRun);
  const hasNodePorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (hasNodePorts && errors.length === 0) allocatePorts(spec, before === undefined, errors, claims);
  if (needsHealthCheck(spec) && errors.length === 0) allocateHealthCheck(spec, errors, claims);
  if (errors.length > 0) throw invalid('Service', object.metadata.name ?? '', errors.slice(0, 1));
}

/** A client that leaves out allocated values means to keep them (`patchAllocatedValues`); ports keep theirs by name. */
function carryOver(spec: Spec, before: Spec): void {
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    spec.clusterIP ||= before.clusterIP;
    if (!spec.clusterIPs?.length) spec.clusterIPs = before.clusterIPs;
  }
  if (needsNodePorts(spec) && needsNodePorts(before)) {
    const known = new Map((before.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
    const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort).filter(Boolean));
    for (const port of spec.ports ?? []) {
      const kept = known.get(port.name ?? '');
      if (!port.nodePort && kept && !used.has(kept)) port.nodePort = kept;
    }
  }
  if (needsHealthCheck(spec) && needsHealthCheck(before)) spec.healthCheckNodePort ||= before.healthCheckNodePort;
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

function allocateAddress(
  { metadata }: KubeObject,
  spec: Spec,
  errors: FieldError[],
  claims: Claims,
  isDryRun: boolean,
): void {
  const wanted = spec.clusterIP || spec.clusterIPs?.[0];
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
  // An IPAddress names the Service that has it, which is judged with the rest only later.
  if (!metadata.name && !isDryRun) {
    const why = `IPAddress.networking.k8s.io "${ip}" is invalid: spec.parentRef.name: Required value`;
    const subject = wanted ? `failed to allocate IP ${wanted}` : 'failed to allocate IP';
    errors.push(fieldError.invalid('spec.clusterIPs', [wanted ?? ''], `${subject}: ${why}`));
    return;
  }
  spec.clusterIP = ip;
  // More or other addresses beside it are validation's to refuse.
  if (!spec.clusterIPs?.length) spec.clusterIPs = [ip];
}

/**
 * A port that a new Service has for several protocols gets one node port for all of them (`initNodePorts`); an update
 * gives each its own (`updateNodePorts`). The first that cannot be had is told alone.
 */
function allocatePorts(spec: Spec, isNew: boolean, errors: FieldError[], claims: Claims): void {
  const ports = spec.ports ?? [];
  const shared = new Map<number, number>();
  const taken = new Set<number>();
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort && !needsNodePorts(spec)) continue;
    const known = isNew ? shared.get(port.port) : undefined;
    if (known !== undefined && (port.nodePort || known) === known) {
      port.nodePort = known;
      continue;
    }
    const sibling = isNew ? ports.find((other) => other.port === port.port && other.nodePort) : undefined;
    const wanted = port.nodePort || sibling?.nodePort || undefined;
    if (!isNew && wanted !== undefined && taken.has(wanted)) continue;
    const number = wanted !== undefined && taken.has(wanted) ? undefined : nodePort(wanted, claims);
    if (number === undefined) {
      errors.push(fieldError.invalid(`spec.ports[${i}].nodePort`, wanted ?? 0, whyNoPort(wanted)));
      return;
    }
    port.nodePort = number;
    taken.add(number);
    if (known === undefined) shared.set(port.port, number);
  }
}

/** Upstream answers 500 where the port cannot be had; the client is to blame. */
function allocateHealthCheck(spec: Spec, errors: FieldError[], claims: Claims): void {
  const wanted = spec.healthCheckNodePort || undefined;
  const isTaken = wanted !== undefined && (spec.ports ?? []).some(({ nodePort }) => nodePort === wanted);
  const number = isTaken ? undefined : nodePort(wanted, claims);
  if (number !== undefined) {
    spec.healthCheckNodePort = number;
    return;
  }
  const what = wanted === undefined ? 'a HealthCheck NodePort' : `requested HealthCheck NodePort ${wanted}`;
  errors.push(
    fieldError.invalid('spec.healthCheckNodePort', wanted ?? 0, `failed to allocate ${what}: ${whyNoPort(wanted)}`),
  );
}

const isNodePort = (port: number): boolean => port >= NODE_PORTS.first && port <= NODE_PORTS.last;

function nodePort(wanted: number | undefined, claims: Claims): number | undefined {
  return wanted === undefined || isNodePort(wanted) ? claims.port(wanted) : undefined;
}

function whyNoPort(wanted: number | undefined): string {
  if (wanted === undefined) return 'range is full';
  if (isNodePort(wanted)) return 'provided port is already allocated';
  return `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`;
}
