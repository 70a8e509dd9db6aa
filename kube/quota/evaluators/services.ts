/** Services, their node ports and load balancers (`pkg/quota/v1/evaluator/core/services.go`). */
import type { Service } from '../../types.ts';
import { count, ONE } from '../usage.ts';
import { countOf } from './counts.ts';
import type { Evaluator } from './evaluator.ts';

const COUNT = countOf('services');
const NAMES: ReadonlySet<string> = new Set([COUNT, 'services', 'services.nodeports', 'services.loadbalancers']);

export const services: Evaluator = {
  isCount: false,
  matches: (name) => NAMES.has(name),
  usage(object) {
    const { spec } = object as unknown as Service;
    return new Map([
      [COUNT, ONE],
      ['services', ONE],
      ['services.nodeports', count(nodePorts(spec))],
      ['services.loadbalancers', count(spec?.type === 'LoadBalancer' ? 1 : 0)],
    ]);
  },
  matchesScope: () => false,
  handles: ({ subresource }) => subresource === '',
};

/** The intent counts: ports are not allocated yet as the service is made. */
function nodePorts(spec: Service['spec']): number {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'NodePort') return ports.length;
  if (spec?.type !== 'LoadBalancer') return 0;
  return spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
}
