/** `validateService` in `pkg/apis/core/validation/validation.go` */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName } from '../../machinery/names.ts';
import type { Service, ServicePort } from '../../types.ts';
import { invalidEach, validateEnum } from '../validation/fields.ts';
import { validateCIDR, validateEndpointIP, validateIP } from '../validation/ip.ts';
import { validateLabels } from '../validation/labels.ts';
import { PROTOCOLS, validatePortNumber, validatePortNumberOrName } from '../validation/ports.ts';
import { validateClusterIPs, validateClusterIPsUpdate } from './service-cluster-ips.ts';
import { externallyAccessible, isHeadless, needsHealthCheck, type ServiceSpec } from './service-types.ts';
import { HINTS, MODE } from './service-warnings.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const LB_ONLY = "may only be used when `type` is 'LoadBalancer'";

function validateType(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.ports?.length && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(fieldError.required('spec.ports'));
  }
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    const detail = `may not be set to 'None' for ${spec.type} services`;
    errors.push(fieldError.invalid('spec.clusterIPs[0]', 'None', detail));
  }
  if (spec.type === 'ExternalName') {
    for (const field of ['clusterIPs', 'ipFamilies'] as const) {
      if (spec[field]?.length) {
        errors.push(fieldError.forbidden(`spec.${field}`, 'may not be set for ExternalName services'));
      }
    }
    if (spec.ipFamilyPolicy) {
      errors.push(fieldError.forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services'));
    }
    const name = (spec.externalName ?? '').replace(/\.$/, '');
    if (name === '') errors.push(fieldError.required('spec.externalName'));
    else errors.push(...invalidEach('spec.externalName', name, isDNS1123Subdomain(name)));
  }
  return errors;
}

function validatePort(port: ServicePort, nameRequired: boolean, names: Set<string>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) {
    errors.push(...invalidEach(`${field}.name`, port.name, isDNS1123Label(port.name)));
    if (names.has(port.name)) errors.push(fieldError.duplicate(`${field}.name`, port.name));
    names.add(port.name);
  } else if (nameRequired) errors.push(fieldError.required(`${field}.name`));
  errors.push(...validatePortNumber(port.port, `${field}.port`));
  errors.push(...validateEnum(port.protocol, PROTOCOLS, `${field}.protocol`));
  errors.push(...validatePortNumberOrName(port.targetPort as number | string | undefined, `${field}.targetPort`));
  if (port.appProtocol !== undefined) {
    errors.push(...invalidEach(`${field}.appProtocol`, port.appProtocol, isQualifiedName(port.appProtocol)));
  }
  return errors;
}

/** Upstream shows its internal form of a port. */
function shownPort(protocol: string | undefined, port: number): object {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

/** No two ports of one service are the same, nor their node ports; a protocol more makes them different. */
function validatePortsApart({ ports = [], type }: ServiceSpec): FieldError[] {
  const forbidden: FieldError[] = [];
  const nodePortErrors: FieldError[] = [];
  const portErrors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { port, protocol, nodePort }] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    if (nodePort) {
      if (type === 'ClusterIP') {
        forbidden.push(fieldError.forbidden(`${field}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
      }
      if (seen.has(`node ${protocol} ${nodePort}`)) {
        nodePortErrors.push(fieldError.duplicate(`${field}.nodePort`, nodePort));
      }
      seen.add(`node ${protocol} ${nodePort}`);
    }
    if (seen.has(`${protocol} ${port}`)) portErrors.push(fieldError.duplicate(field, shownPort(protocol, port)));
    seen.add(`${protocol} ${port}`);
  }
  return [...forbidden, ...nodePortErrors, ...portErrors];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  const errors = validateEnum(sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity');
  if (sessionAffinity === 'ClientIP') {
    const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
    if (seconds <= 0 || seconds > 86400) {
      const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
      errors.push(fieldError.invalid(field, seconds, 'must be greater than 0 and less than 86400'));
    }
  }
  return errors;
}

function validateTraffic(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const external = spec.externalTrafficPolicy;
  if (externallyAccessible(spec)) errors.push(...validateEnum(external, POLICIES, 'spec.externalTrafficPolicy'));
  else if (external) {
    const detail = 'may only be set for externally-accessible services';
    errors.push(fieldError.invalid('spec.externalTrafficPolicy', external, detail));
  }
  if (spec.healthCheckNodePort && !needsHealthCheck(spec)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(fieldError.invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, detail));
  } else if (spec.healthCheckNodePort) {
    errors.push(...validatePortNumber(spec.healthCheckNodePort, 'spec.healthCheckNodePort'));
  }
  if (spec.internalTrafficPolicy !== undefined) {
    errors.push(...validateEnum(spec.internalTrafficPolicy, POLICIES, 'spec.internalTrafficPolicy'));
  }
  if (spec.trafficDistribution !== undefined) {
    errors.push(...validateEnum(spec.trafficDistribution, DISTRIBUTIONS, 'spec.trafficDistribution'));
  }
  return errors;
}

/** The ranges stand in the spec, or, where that has none, in the annotation that was there before it. */
function validateSourceRanges({ metadata, spec = {} }: Service, old: Service | undefined): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if (spec.loadBalancerSourceRanges?.length) {
    const field = 'spec.LoadBalancerSourceRanges';
    const errors = isLoadBalancer ? [] : [fieldError.forbidden(field, LB_ONLY)];
    const known = new Set(old?.spec?.loadBalancerSourceRanges?.map((range) => range.trim()));
    for (const [index, text] of spec.loadBalancerSourceRanges.entries()) {
      const range = text.trim();
      if (!known.has(range)) errors.push(...validateCIDR(range, `${field}[${index}]`));
    }
    return errors;
  }
  const text = metadata.annotations?.[SOURCE_RANGES];
  if (text === undefined) return [];
  const field = `metadata.annotations[${SOURCE_RANGES}]`;
  const errors = isLoadBalancer ? [] : [fieldError.forbidden(field, LB_ONLY)];
  if (text.trim() === '' || text === old?.metadata.annotations?.[SOURCE_RANGES]) return errors;
  return [...errors, ...text.split(',').flatMap((range) => validateCIDR(range.trim(), field))];
}

function validateLoadBalancer(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer) {
    errors.push(fieldError.forbidden('spec.allocateLoadBalancerNodePorts', LB_ONLY));
  }
  return [...errors, ...validateClass(spec)];
}

function validateClass({ type, loadBalancerClass: name }: ServiceSpec): FieldError[] {
  const field = 'spec.loadBalancerClass';
  if (name === undefined) return [];
  return type === 'LoadBalancer'
    ? invalidEach(field, name, isQualifiedName(name))
    : [fieldError.forbidden(field, LB_ONLY)];
}

/** Two annotations for one thing must agree. */
function validateTopology({ annotations = {} }: Service['metadata']): FieldError[] {
  const { [HINTS]: hints, [MODE]: mode } = annotations;
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const detail = `must match annotations[${HINTS}] when both are specified`;
  return [fieldError.invalid(`metadata.annotations[${MODE}]`, mode, detail)];
}

export function validateService(service: Service, old?: Service): FieldError[] {
  const { spec = {} } = service;
  const known = new Set(old?.spec?.externalIPs);
  const errors = [...validateTopology(service.metadata), ...validateType(spec)];
  const names = new Set<string>();
  const ports = spec.ports ?? [];
  for (const [index, port] of ports.entries()) {
    errors.push(...validatePort(port, ports.length > 1, names, `spec.ports[${index}]`));
  }
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  errors.push(...validateAffinity(spec));
  errors.push(...validateClusterIPs(spec, old?.spec));
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const malformed = known.has(ip) ? [] : validateIP(ip, `spec.externalIPs[${index}]`);
    errors.push(...(malformed.length > 0 ? malformed : validateEndpointIP(ip, `spec.externalIPs[${index}]`)));
  }
  errors.push(...validateEnum(spec.type, TYPES, 'spec.type'));
  errors.push(...validatePortsApart(spec));
  errors.push(...validateSourceRanges(service, old));
  errors.push(...validateLoadBalancer(spec));
  errors.push(...validateTraffic(spec));
  return errors;
}

export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  // Malformed addresses are refused before they are compared (`initIPFamilyFields` of the Service registry).
  const errors = validateClusterIPs(spec, old).length > 0 ? [] : validateClusterIPsUpdate(spec, old);
  if (spec.type === 'LoadBalancer' && old.type === 'LoadBalancer') {
    if (spec.loadBalancerClass !== old.loadBalancerClass) {
      const value = spec.loadBalancerClass ?? null;
      errors.push(fieldError.invalid('spec.loadBalancerClass', value, 'may not change once set'));
    }
  }
  // Upstream asks this rule of a class twice; its errors are told where it is asked first.
  errors.push(...validateClass(spec));
  if (needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort) {
    errors.push(fieldError.forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}
