/**
 * service-lb-controller (upstream `cloud-provider` `controllers/service`): Services of type LoadBalancer get one from the
 * provider behind {@link LoadBalancer}, and keep a finalizer while they have it.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Service } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { type Controller, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';
import { CLEAN_UP, ENSURE, event, NO_NODES, UPDATE, withFinalizer } from './service-lb/effects.ts';
import { backend, balanced, balancedServices, FINALIZER, isBackend, isBalanced } from './service-lb/facts.ts';
import type { Backend, LoadBalancer } from './service-lb/load-balancer.ts';

/** Stands for the set of all nodes. */
const NODES = keyOf('nodes', '', '');
/** Names of nodes in an event. */
const MAX_NAMES = 20;

export function serviceLBController({ serves }: Pick<LoadBalancer, 'serves'>): Controller {
  const isServed = (service: Service, view: View): boolean =>
    isBalanced(service) && serves(service, view.get('namespaces', '', service.metadata.namespace ?? ''));

  /** Services whose namespace says otherwise now which provider is theirs. */
  function ofNamespace({ key, change }: ObjectChange, view: View): Key[] {
    if (change !== 'update') return [];
    const { name } = parseKey(key);
    return [...view.index(balancedServices, '')].filter(({ namespace }) => namespace === name).map((one) => one.key);
  }

  return defineController({
    name: 'service-lb-controller',
    eventSource: 'service-controller',
    actsAs: 'service-controller',
    for: '*',
    watches: [
      { resource: 'services', map: ofService },
      { resource: 'nodes', map: ofNode },
      { resource: 'namespaces', map: ofNamespace },
    ],
    projections: [balanced, backend],
    indexes: [balancedServices],
    retries: { first: 5_000, longest: 300_000 },
    reconcile(key, view) {
      if (key === NODES) return updateAll(view, isServed);
      const { namespace, name } = parseKey(key);
      const service = view.get<Service>('services', namespace, name);
      if (!service) return { actions: [] };
      const hasFinalizer = service.metadata.finalizers?.includes(FINALIZER) ?? false;
      const isLeaving = hasFinalizer && service.metadata.deletionTimestamp !== undefined;
      if (isServed(service, view) && !isLeaving) return ensure(service, hasFinalizer, backends(view));
      // Nothing was ever made for it.
      if (!hasFinalizer) return { actions: [] };
      return { actions: [{ ...effect(CLEAN_UP, service), onRefused: failed(service) }] };
    },
  });
}

/** Something of it changed from which its load balancer is made, or it needs one no more. */
function ofService({ key, before, after }: ObjectChange): Key[] {
  if (!after) return [];
  if (balanced.of(before) !== balanced.of(after)) return [key];
  const isToClean = after.finalizers.includes(FINALIZER) && (after.deleting || balanced.of(after) === undefined);
  return isToClean ? [key] : [];
}

/** The set of nodes that are sent to is another. When all is looked at anew, the Services ask for it themselves. */
function ofNode({ before, after, cause }: ObjectChange, view: View): Key[] {
  if (view.indexSize(balancedServices, '') === 0) return [];
  if (cause.kind === 'system' && cause.why === 'requeue') return [];
  const [old, now] = [backend.of(before), backend.of(after)];
  if (old && now) return old.included !== now.included || old.providerID !== now.providerID ? [NODES] : [];
  const node = after ?? before;
  return node && isBackend(node) ? [NODES] : [];
}

function backends(view: View): Backend[] {
  const nodes = [...view.projections('nodes', '')].filter(isBackend).sort((a, b) => (a.name < b.name ? -1 : 1));
  return nodes.map((node) => ({ name: node.name, ...optional(backend.of(node)?.providerID) }));
}

const optional = (providerID: string | undefined) => (providerID === undefined ? {} : { providerID });

function ensure(service: Service, hasFinalizer: boolean, nodes: readonly Backend[]): Plan {
  const actions: Action[] = [event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')];
  const onRefused = failed(service);
  if (!hasFinalizer) actions.push({ ...withFinalizer(service, true), onRefused });
  if (nodes.length === 0) actions.push(event(service, 'Warning', ...NO_NODES));
  return { actions: [...actions, { ...effect(ENSURE, service, nodes), onRefused }] };
}

function updateAll(view: View, isServed: (service: Service, view: View) => boolean): Plan {
  const nodes = backends(view);
  const apart: Action[][] = [];
  for (const { namespace, name, finalizers } of view.index(balancedServices, '')) {
    // One that has none yet gets its nodes with it.
    const service = finalizers.includes(FINALIZER) && view.get<Service>('services', namespace, name);
    if (!service || !isServed(service, view)) continue;
    apart.push([{ ...effect(UPDATE, service, nodes), onRefused: { event: failedUpdate(service, nodes) } }]);
  }
  return { actions: [], apart };
}

function effect(name: string, service: Service, nodes?: readonly Backend[]): Action {
  return { do: 'effect', effect: name, object: service as unknown as KubeObject, ...(nodes ? { known: nodes } : {}) };
}

function failed(service: Service) {
  const message = 'Error syncing load balancer: ';
  return { event: eventAbout(service as unknown as KubeObject, 'Warning', 'SyncLoadBalancerFailed', message) };
}

function failedUpdate(service: Service, nodes: readonly Backend[]) {
  const names = nodes.slice(0, MAX_NAMES).map(({ name }) => name);
  if (nodes.length > MAX_NAMES) names.push(`<${nodes.length - MAX_NAMES} more>`);
  const message = `Error updating load balancer with new hosts [${names.join(' ')}] [node names limited, total number of nodes: ${nodes.length}], error: `;
  return eventAbout(service as unknown as KubeObject, 'Warning', 'UpdateLoadBalancerFailed', message);
}
