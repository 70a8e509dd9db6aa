/** `pkg/registry/core/service/strategy.go`; addresses and node ports themselves are given out by the API server. */

import { STRING_MAP, semanticEqual } from '../../machinery/equality.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Service } from '../../types.ts';
import type { Strategy, Writer } from '../define.ts';
import { validateServiceBalancer } from '../validation/load-balancer.ts';
import { externallyAccessible, needsHealthCheck, needsNodePort, type ServiceSpec } from './service-types.ts';
import { validateService, validateServiceUpdate } from './service-validation.ts';
import { serviceWarnings } from './service-warnings.ts';

const AFFINITY_SECONDS = 3 * 60 * 60;

function applyDefaults(service: Service): void {
  service.spec ??= {};
  const { spec } = service;
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  }
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
  if (externallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  }
  service.status ??= {};
  service.status.loadBalancer ??= {};
}

function prepareForCreate(service: Service, { subresource }: Writer): void {
  service.status = { loadBalancer: {} };
  const { spec } = service;
  // A Service that a PUT of its status creates gets no addresses: upstream's StatusREST allocates none.
  if (!spec || subresource === 'status') return;
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
}

const sameIn = (next: ServiceSpec, old: ServiceSpec, ...fields: (keyof ServiceSpec)[]): boolean =>
  fields.every((field) =>
    semanticEqual(
      schemaOf('io.k8s.api.core.v1.ServiceSpec').fields.get(field)?.schema ?? STRING_MAP,
      next[field],
      old[field],
    ),
  );

/** `dropTypeDependentFields`: what the server had filled in goes when the new type has no use for it. */
function dropForType(next: ServiceSpec, old: ServiceSpec): void {
  const drop = (...fields: (keyof ServiceSpec)[]) => {
    if (sameIn(next, old, ...fields)) for (const field of fields) delete next[field];
  };
  if (old.type !== 'ExternalName' && next.type === 'ExternalName') {
    drop('clusterIP', 'clusterIPs');
    drop('ipFamilies');
    drop('ipFamilyPolicy');
  }
  if (needsNodePort(old) && !needsNodePort(next)) {
    const before = new Set((old.ports ?? []).map(({ nodePort }) => nodePort));
    const added = (next.ports ?? []).some(({ nodePort }) => nodePort && !before.has(nodePort));
    if (!added) for (const port of next.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(next)) drop('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    drop('allocateLoadBalancerNodePorts');
    drop('loadBalancerClass');
  }
  if (externallyAccessible(old) && !externallyAccessible(next)) drop('externalTrafficPolicy');
}

function prepareForUpdate(next: Service, old: Service): void {
  if (!next.spec || !old.spec) return;
  dropForType(next.spec, old.spec);
  if (next.spec.type !== 'LoadBalancer') next.status = { ...next.status, loadBalancer: {} };
}

export const serviceStrategy: Strategy<Service> = {
  applyDefaults,
  prepareForCreate,
  prepareForUpdate,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  changesFirst: true,
  validateStatusUpdate: ({ spec, status }, old) =>
    validateServiceBalancer(spec?.type, status?.loadBalancer, old.status?.loadBalancer),
  warnings: serviceWarnings,
};
