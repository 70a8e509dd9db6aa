/** The service-lb-controller's calls of its provider, and the writes that follow from their answers. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { failure } from '../../../kube/machinery/status.ts';
import type { Service } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { Action, Effects, EventDecision } from '../runtime/plan.ts';
import { FINALIZER } from './facts.ts';
import type { Backend, LoadBalancer, LoadBalancerStatus } from './load-balancer.ts';

export const ENSURE = 'ensure-load-balancer';
export const UPDATE = 'update-load-balancer';
export const CLEAN_UP = 'clean-up-load-balancer';
const DELETE = 'delete-load-balancer';

export function loadBalancerEffects(provider: LoadBalancer): Effects {
  return {
    [ENSURE]: guarded('failed to ensure load balancer', async (service, nodes) => {
      const status = await provider.ensureLoadBalancer(service, nodes);
      if (!status) return [];
      return [event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer'), ...written(service, status)];
    }),
    [CLEAN_UP]: guarded('failed to check if load balancer exists before cleanup', async (service) => {
      const there = (await provider.getLoadBalancer(service)) !== undefined;
      const deletion: Action[] = [
        event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer'),
        { do: 'effect', effect: DELETE, object: service as unknown as KubeObject },
      ];
      return [
        ...(there ? deletion : []),
        withFinalizer(service, false),
        event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer'),
        ...written(service, {}),
      ];
    }),
    [DELETE]: guarded('failed to delete load balancer', async (service) => {
      await provider.ensureLoadBalancerDeleted(service);
      return [];
    }),
    [UPDATE]: guarded('', async (service, nodes) => {
      try {
        await provider.updateLoadBalancer(service, nodes);
      } catch (error) {
        if ((await provider.getLoadBalancer(service)) !== undefined) throw error;
        return [];
      }
      if (nodes.length === 0) return [event(service, 'Warning', ...NO_NODES)];
      return [event(service, 'Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts')];
    }),
  };
}

export const NO_NODES = ['UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer'] as const;

export function event(service: Service, type: EventDecision['type'], reason: string, message: string): Action {
  return { do: 'event', event: eventAbout(service as unknown as KubeObject, type, reason, message) };
}

/** Adds the finalizer, or takes it away. */
export function withFinalizer({ metadata }: Service, has: boolean): Action {
  const { namespace = '', name = '', uid, resourceVersion, finalizers = [] } = metadata;
  const others = finalizers.filter((one) => one !== FINALIZER);
  const target = { resource: 'services', namespace, name, uid, resourceVersion };
  const patch = { metadata: { finalizers: has ? [...others, FINALIZER] : others } };
  // The status is the one part that the controller may write.
  return { do: 'patch', target, patch, subresource: 'status' };
}

function guarded(
  doing: string,
  effect: (service: Service, nodes: readonly Backend[]) => Promise<readonly Action[]>,
): Effects[string] {
  return async (object, known) => {
    try {
      return await effect(object as unknown as Service, (known ?? []) as readonly Backend[]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return failure('InternalError', doing ? `${doing}: ${why}` : why);
    }
  };
}

/** The update of the status; none where the addresses are the same. */
function written(service: Service, { ingress = [] }: LoadBalancerStatus): Action[] {
  const before = service.status?.loadBalancer?.ingress ?? [];
  const plain = (all: LoadBalancerStatus['ingress']) =>
    (all ?? []).map(({ ipMode = 'VIP', ...one }) => ({ ipMode, ...one }));
  if (sameJson(plain(before), plain(ingress))) return [];
  const { namespace = '', name = '', uid } = service.metadata;
  const target = { resource: 'services', namespace, name, uid };
  const patch = { status: { loadBalancer: { ingress: ingress.length > 0 ? ingress : null } } };
  return [{ do: 'patch', target, patch, subresource: 'status' }];
}
