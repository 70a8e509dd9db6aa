/**
 * api-service-availability-controller (kube-aggregator's RemoteAvailabilityController, which runs in the API server): an
 * APIService is looked at as it, its Service or the endpoints of that change, and ever more rarely until it answers.
 * Upstream's never stops; this one gives up after some hours, and requests for the API have it looked at from then on.
 */
import { availableCondition, isServedHere } from '../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../kube/kinds/apiregistration/local.ts';
import { sameJson } from '../../kube/machinery/equality.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { APIService } from '../../kube/types.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';
import type { Effects, Plan } from './runtime/plan.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const CHECK = 'check-api-service';
const SERVICES = 'services';
const SLICES = 'endpointslices.discovery.k8s.io';
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** 1 s, 2 s, 4 s … 10 min: some three hours in all. */
const MAX_TRIES = 26;

const specs = defineProjection<APIService['spec']>({
  field: 'apiServiceSpec',
  resource: API_SERVICES,
  compute: (object) => {
    const { spec } = object as unknown as APIService;
    return spec?.service ? spec : undefined;
  },
});

export const apiServiceAvailabilityController = defineController({
  name: 'api-service-availability-controller',
  actsAs: API_SERVER,
  for: API_SERVICES,
  projections: [specs],
  filter: ({ change, before, after, object }) =>
    change !== 'delete' && (before === undefined || hasOtherTarget(before, after, object as unknown as APIService)),
  watches: [
    { resource: SERVICES, keysOnly: true, map: ({ key }, view) => servedBy(view, key) },
    { resource: SLICES, keysOnly: true, map: onSlice },
  ],
  reconcile,
});

/** Statuses change without need of another look. */
function hasOtherTarget(before: ObjectChange['before'], after: ObjectChange['after'], object: APIService): boolean {
  const isLocal = isServedHere(object) && availableCondition(object)?.reason !== 'Local';
  return isLocal || !sameJson(specs.of(before), specs.of(after));
}

function servedBy(view: View, key: Key): Key[] {
  const { namespace, name } = parseKey(key);
  return keysOf(view, namespace, name);
}

function onSlice({ key, object }: ObjectChange, view: View): Key[] {
  if (!hasAny(view)) return [];
  const service = object.metadata.labels?.['kubernetes.io/service-name'];
  return service === undefined ? [] : keysOf(view, parseKey(key).namespace, service);
}

function hasAny(view: View): boolean {
  for (const projection of view.projections(API_SERVICES, '')) if (specs.of(projection)) return true;
  return false;
}

function keysOf(view: View, namespace: string, name: string): Key[] {
  const found: Key[] = [];
  for (const projection of view.projections(API_SERVICES, '')) {
    const service = specs.of(projection)?.service;
    if (service?.namespace === namespace && service.name === name) found.push(projection.key);
  }
  return found;
}

function reconcile(key: Key, view: View, _now: number, memo?: string): Plan {
  const object = view.get<APIService>(API_SERVICES, '', parseKey(key).name);
  if (!object) return { actions: [] };
  const condition = availableCondition(object);
  const isWell = condition?.status === 'True' && (condition.reason === 'Local') === isServedHere(object);
  if (isServedHere(object) && isWell) return { actions: [] };
  // The look that this one follows has seen it answer.
  if (memo !== undefined && isWell) return { actions: [] };
  const tries = Number(memo ?? 0);
  const actions: Plan['actions'] = [{ do: 'effect', effect: CHECK, object: object as unknown as KubeObject }];
  if (isServedHere(object) || tries >= MAX_TRIES) return { actions };
  return {
    actions,
    requeueAfter: Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS),
    memo: String(tries + 1),
  };
}

/** The effect that {@link apiServiceAvailabilityController} names; `check` answers the object with its condition. */
export function availabilityEffects(check: (object: APIService) => Promise<APIService | undefined>): Effects {
  return {
    [CHECK]: async (object) => {
      const next = await check(object as unknown as APIService);
      return next ? [{ do: 'update-status', resource: API_SERVICES, object: next as unknown as KubeObject }] : [];
    },
  };
}
