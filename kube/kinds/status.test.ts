import { expect, test } from 'vitest';
import { errorText } from '../machinery/field-error.ts';
import type { KubeObject } from '../machinery/object.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { namespace } from './core/namespace.ts';
import { service } from './core/service.ts';
import type { DefinedKind } from './define.ts';
import { ingress } from './networking/ingress.ts';

const balancer = (...entries: object[]) => ({ loadBalancer: { ingress: entries } });
const AT = 'status.loadBalancer.ingress';
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

test.each<[string, DefinedKind, object, string[]]>([
  [
    'a service without a load balancer',
    service,
    { spec: { type: 'ClusterIP' }, status: balancer({ ip: '1.2.3.4' }) },
    [`${AT}: Forbidden: may only be used when \`spec.type\` is 'LoadBalancer'`],
  ],
  [
    'a load balancer',
    service,
    {
      spec: { type: 'LoadBalancer' },
      status: balancer({ ip: 'x', ipMode: 'y' }, { ip: '1.2.3.4' }, { ipMode: 'VIP' }),
    },
    [
      `${AT}[0].ip: Invalid value: "x": ${IP}`,
      `${AT}[0].ipMode: Unsupported value: "y": supported values: "Proxy", "VIP"`,
      `${AT}[1].ipMode: Required value: must be specified when \`ip\` is set`,
      `${AT}[2].ipMode: Forbidden: may not be specified when \`ip\` is not set`,
    ],
  ],
  [
    'an ingress',
    ingress,
    { status: balancer({ ip: 'x' }, { hostname: '1.2.3.4' }, { hostname: 'a.b' }) },
    [
      `${AT}[0].ip: Invalid value: "x": ${IP}`,
      `${AT}[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address`,
    ],
  ],
  [
    'a namespace that stays',
    namespace,
    { status: { phase: 'Terminating' } },
    ['status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty'],
  ],
  [
    'a namespace that goes',
    namespace,
    { metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Active' } },
    ['status.Phase: Invalid value: "Active": may only be \'Terminating\' if `deletionTimestamp` is not empty'],
  ],
  [
    'an autoscaler',
    horizontalPodAutoscaler,
    { status: { currentReplicas: -1, desiredReplicas: 0 } },
    ['status.currentReplicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'an autoscaler of v1',
    horizontalPodAutoscalerV1,
    { status: { currentReplicas: 0, desiredReplicas: -1 } },
    ['status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
])('the status of %s', (_what, { strategy, apiVersion, kind }, fields, errors) => {
  const next: KubeObject = { apiVersion, kind, metadata: { name: 'x' }, ...fields };
  const old: KubeObject = { apiVersion, kind, metadata: { name: 'x' } };
  expect(strategy.validateStatusUpdate?.(next, old).map(errorText)).toEqual(errors);
});
