/**
 * system-objects-controller (upstream `pkg/controlplane/controller/{kubernetesservice,systemnamespaces,
 * defaultservicecidr,legacytokentracking}`, which run in the API server): the `kubernetes` Service, its range, the
 * system namespaces, the system's priority classes, the day since which legacy tokens are tracked, and the flow schemas
 * and priority levels of every cluster come back. `kubectl delete svc --all` takes the first.
 *
 * Upstream looks every ten seconds, every minute, every half hour, and for priority classes when it starts. Here a
 * missing object comes back that long after it went: the client that deleted it sees it gone first.
 */
import {
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
  FLOW_SCHEMAS,
  PRIORITY_LEVELS,
} from '../../kube/flowcontrol/bootstrap.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../kube/machinery/resource.ts';
import {
  KUBERNETES_SERVICE,
  SERVICE_CIDR,
  SYSTEM_NAMESPACES,
  SYSTEM_PRIORITY_CLASSES,
  systemNamespace,
  tokenTracking,
} from '../../kube/system-objects.ts';
import { type DelayedKey, defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';

interface Kept {
  resource: string;
  object: KubeObject | ((now: number) => KubeObject);
  /** The time that it stays away, in milliseconds. */
  away: number;
}

const RANGES = 'servicecidrs.networking.k8s.io';
const PRIORITY_CLASSES = 'priorityclasses.scheduling.k8s.io';

const KEPT = new Map<Key, Kept>([
  kept('services', KUBERNETES_SERVICE, 10_000),
  kept(RANGES, SERVICE_CIDR, 10_000),
  kept('configmaps', tokenTracking, 1_800_000),
  ...SYSTEM_NAMESPACES.map((name) => kept('namespaces', systemNamespace(name), 60_000)),
  ...BOOTSTRAP_PRIORITY_LEVELS.map((level) => kept(PRIORITY_LEVELS, level, 60_000)),
  ...BOOTSTRAP_FLOW_SCHEMAS.map((schema) => kept(FLOW_SCHEMAS, schema, 60_000)),
  ...SYSTEM_PRIORITY_CLASSES.map((priorityClass) => kept(PRIORITY_CLASSES, priorityClass, 60_000)),
]);

function kept(resource: string, object: Kept['object'], away: number): [Key, Kept] {
  const { namespace = '', name = '' } = made(object, 0).metadata;
  return [keyOf(resource, namespace, name), { resource, object, away }];
}

function made(object: Kept['object'], now: number): KubeObject {
  return typeof object === 'function' ? object(now) : object;
}

const deleted = ({ key, change }: ObjectChange): DelayedKey[] => {
  const kept = change === 'delete' ? KEPT.get(key) : undefined;
  return kept ? [{ key, after: kept.away }] : [];
};

export const systemObjectsController = defineController({
  name: 'system-objects-controller',
  actsAs: API_SERVER,
  for: '*',
  watches: [
    { resource: 'services', map: deleted },
    { resource: 'namespaces', map: deleted },
    { resource: 'configmaps', keysOnly: true, concerns: ({ key }) => KEPT.has(key), map: deleted },
    { resource: PRIORITY_CLASSES, map: deleted },
    { resource: RANGES, map: deleted },
    { resource: PRIORITY_LEVELS, keysOnly: true, map: deleted },
    { resource: FLOW_SCHEMAS, map: deleted },
  ],
  // Objects that an earlier build did not keep, or lost.
  resync: (view) => [...KEPT].filter(([key]) => !view.projection(key)).map(([key, { away }]) => ({ key, after: away })),
  reconcile(key, view, now) {
    const kept = KEPT.get(key);
    if (!kept || view.projection(key)) return { actions: [] };
    const { resource, object } = kept;
    return { actions: [{ do: 'create', resource, object: made(object, now), ignore: ['AlreadyExists'] }] };
  },
});
