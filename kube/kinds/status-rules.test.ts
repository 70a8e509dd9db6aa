/** Statuses that upstream refuses. */
import { expect, test } from 'vitest';
import { errorText } from '../machinery/field-error.ts';
import type { KubeObject } from '../machinery/object.ts';
import { daemonSet } from './apps/daemon-set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { statefulSet } from './apps/stateful-set.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { service } from './core/service.ts';
import type { DefinedKind } from './define.ts';

const NEGATIVE = 'Invalid value: -1: must be greater than or equal to 0';
const MORE = 'Invalid value: 2: cannot be greater than';
const BALANCER = { type: 'LoadBalancer' };
const reached = (ingress: object) => ({ loadBalancer: { ingress: [ingress] } });
const INGRESS = 'status.loadBalancer.ingress';

test.each<[DefinedKind, object, string[], object?]>([
  [daemonSet, { numberReady: -1 }, [`status.numberReady: ${NEGATIVE}`]],
  [
    daemonSet,
    { numberReady: 1, collisionCount: 1 },
    ['status.collisionCount: Invalid value: 1: cannot be decremented'],
  ],
  [statefulSet, { replicas: 1, currentReplicas: 2 }, [`status.currentReplicas: ${MORE} status.replicas`]],
  [statefulSet, { replicas: 2, availableReplicas: 2 }, [`status.availableReplicas: ${MORE} status.readyReplicas`]],
  [replicaSet, { terminatingReplicas: -1 }, [`status.terminatingReplicas: ${NEGATIVE}`]],
  [deployment, { replicas: 2, availableReplicas: 2 }, [`status.availableReplicas: ${MORE} readyReplicas`]],
  [horizontalPodAutoscaler, { desiredReplicas: -1 }, [`status.desiredReplicas: ${NEGATIVE}`]],
  [horizontalPodAutoscalerV1, { currentReplicas: -1 }, [`status.currentReplicas: ${NEGATIVE}`]],
  [
    service,
    reached({ ip: '1.2.3.4' }),
    [`${INGRESS}: Forbidden: may only be used when \`spec.type\` is 'LoadBalancer'`],
  ],
  [service, reached({ ip: '1.2.3.4', ipMode: 'Proxy' }), [], BALANCER],
  [
    service,
    reached({ ipMode: 'VIP' }),
    [`${INGRESS}[0].ipMode: Forbidden: may not be specified when \`ip\` is not set`],
    BALANCER,
  ],
  [
    service,
    reached({ hostname: '1.2.3.4' }),
    [`${INGRESS}[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address`],
    BALANCER,
  ],
])('%#', (kind, status, errors, spec = {}) => {
  const object = (its: object): KubeObject => ({ apiVersion: 'v1', kind: kind.kind, metadata: {}, spec, status: its });
  const old = object({ collisionCount: 2 });
  const collisions = { collisionCount: 2, ...status };
  const next = kind === daemonSet || kind === statefulSet || kind === deployment ? collisions : status;
  expect((kind.strategy.validateStatusUpdate?.(object(next), old) ?? []).map(errorText)).toEqual(errors);
});
