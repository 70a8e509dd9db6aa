import { expect, test } from 'vitest';
import { errorText } from '../machinery/field-error.ts';
import { anObject } from '../testing/strategy.ts';
import { daemonSet } from './apps/daemon-set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { statefulSet } from './apps/stateful-set.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { namespace } from './core/namespace.ts';
import { replicationController } from './core/replication-controller.ts';
import { service } from './core/service.ts';
import type { DefinedKind } from './define.ts';
import { ingress } from './networking/ingress.ts';

const NEGATIVE = 'Invalid value: -1: must be greater than or equal to 0';
const MORE = 'Invalid value: 2: cannot be greater than';
const AT = 'status.loadBalancer.ingress';
const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const NO_NAME = 'hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address';

const balancer = (...entries: object[]) => ({ status: { loadBalancer: { ingress: entries } } });

const collided = { status: { collisionCount: 2 } };

/** Title, kind, fields of the new object, upstream's words, fields of the old object. */
type Row = [string, DefinedKind, object, string[], object?];

test.each<Row>([
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
    'a service without a load balancer',
    service,
    { spec: { type: 'ClusterIP' }, ...balancer({ ip: '1.2.3.4' }) },
    [`${AT}: Forbidden: may only be used when \`spec.type\` is 'LoadBalancer'`],
  ],
  [
    'a load balancer with a mode',
    service,
    { spec: { type: 'LoadBalancer' }, ...balancer({ ip: '1.2.3.4', ipMode: 'Proxy' }) },
    [],
  ],
  [
    'a load balancer with faults',
    service,
    {
      spec: { type: 'LoadBalancer' },
      ...balancer({ ip: 'x', ipMode: 'y' }, { ip: '1.2.3.4' }, { ipMode: 'VIP' }, { hostname: '1.2.3.4' }),
    },
    [
      `${AT}[0].ip: Invalid value: "x": ${IP}`,
      `${AT}[0].ipMode: Unsupported value: "y": supported values: "Proxy", "VIP"`,
      `${AT}[1].ipMode: Required value: must be specified when \`ip\` is set`,
      `${AT}[2].ipMode: Forbidden: may not be specified when \`ip\` is not set`,
      `${AT}[3].${NO_NAME}`,
    ],
  ],
  [
    'an ingress',
    ingress,
    balancer({ ip: 'x' }, { hostname: '1.2.3.4' }, { hostname: 'a.b' }),
    [`${AT}[0].ip: Invalid value: "x": ${IP}`, `${AT}[1].${NO_NAME}`],
  ],
  [
    'a deployment with more pods ready than there are',
    deployment,
    { status: { replicas: 1, readyReplicas: 2 } },
    [`status.readyReplicas: ${MORE} status.replicas`],
  ],
  [
    'a deployment with more pods available than ready',
    deployment,
    { status: { replicas: 2, availableReplicas: 2, collisionCount: 2 } },
    [`status.availableReplicas: ${MORE} readyReplicas`],
    collided,
  ],
  [
    'a replica set with a negative count',
    replicaSet,
    { status: { terminatingReplicas: -1 } },
    [`status.terminatingReplicas: ${NEGATIVE}`],
  ],
  [
    'a stateful set with more current pods than there are',
    statefulSet,
    { status: { replicas: 1, currentReplicas: 2 } },
    [`status.currentReplicas: ${MORE} status.replicas`],
  ],
  [
    'a stateful set with more pods available than ready',
    statefulSet,
    { status: { replicas: 2, availableReplicas: 2, collisionCount: 2 } },
    [`status.availableReplicas: ${MORE} status.readyReplicas`],
    collided,
  ],
  [
    'a replication controller that was observed before it was there',
    replicationController,
    { status: { observedGeneration: -1 } },
    [`status.observedGeneration: ${NEGATIVE}`],
  ],
  [
    'a daemon set with a negative count',
    daemonSet,
    { status: { numberReady: -1, collisionCount: 2 } },
    [`status.numberReady: ${NEGATIVE}`],
    collided,
  ],
  [
    'a daemon set with fewer collisions than before',
    daemonSet,
    { status: { numberReady: 1, collisionCount: 1 } },
    ['status.collisionCount: Invalid value: 1: cannot be decremented'],
    collided,
  ],
  [
    'a daemon set whose collisions are forgotten',
    daemonSet,
    { status: {} },
    ['status.collisionCount: Invalid value: 0: cannot be decremented'],
    collided,
  ],
  [
    'a stateful set with a negative count of collisions, which had none, and of pods',
    statefulSet,
    { status: { collisionCount: -1, replicas: -1 } },
    [
      `status.replicas: ${NEGATIVE}`,
      `status.collisionCount: ${NEGATIVE}`,
      'status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.currentReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas',
    ],
  ],
  ...[horizontalPodAutoscaler, horizontalPodAutoscalerV1].flatMap((kind): Row[] => [
    [
      `an autoscaler of ${kind.version} with negative counts`,
      kind,
      { status: { currentReplicas: -1, desiredReplicas: -1 } },
      [`status.currentReplicas: ${NEGATIVE}`, `status.desiredReplicas: ${NEGATIVE}`],
    ],
    [`an autoscaler of ${kind.version} without pods`, kind, { status: { currentReplicas: 0, desiredReplicas: 0 } }, []],
  ]),
])('the status of %s', (_, kind, fields, errors, before = {}) => {
  const found = kind.strategy.validateStatusUpdate?.(anObject(kind, fields), anObject(kind, before));
  expect(found?.map(errorText)).toEqual(errors);
});
