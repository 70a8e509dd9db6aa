/** Pods that a controller makes and deletes (upstream `pkg/controller/controller_utils.go`, RealPodControl). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { PodSpec, PodTemplateSpec } from '../../../kube/types.ts';
import type { Action, OnDone, OnRefused } from '../runtime/plan.ts';
import type { Projection } from '../runtime/view/projection.ts';
import { controllerRef, eventAbout } from './controller-ref.ts';

const MAX_NAME = 253;

/** A pod of the template that the owner controls (`GetPodFromTemplate`). */
export function podFrom(owner: KubeObject, template: PodTemplateSpec | undefined): KubeObject & { spec?: PodSpec } {
  const { name = '', namespace } = owner.metadata;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // Upstream's `getPodsPrefix`: a prefix is no longer than a name.
      generateName: name.length < MAX_NAME ? `${name}-` : name,
      namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template?.spec,
  };
}

/** `condition`: of the owner, for a refusal. `generateName`: in place of the owner's name. */
export function createPod(
  owner: KubeObject,
  template: PodTemplateSpec | undefined,
  { condition, generateName }: { condition?: OnRefused['condition']; generateName?: string } = {},
): Action {
  const pod = podFrom(owner, template);
  return {
    do: 'create',
    resource: 'pods',
    object: generateName === undefined ? pod : { ...pod, metadata: { ...pod.metadata, generateName } },
    onDone: named(owner, 'SuccessfulCreate', 'Created pod: '),
    onRefused: { event: eventAbout(owner, 'Warning', 'FailedCreate', 'Error creating: '), condition },
  };
}

/** `condition`: of the owner, for a refusal. */
export function deletePod(
  owner: KubeObject,
  { namespace, name, uid }: Projection,
  condition?: OnRefused['condition'],
): Action {
  return {
    do: 'delete',
    target: { resource: 'pods', namespace, name, uid },
    onDone: named(owner, 'SuccessfulDelete', 'Deleted pod: '),
    onRefused: { event: eventAbout(owner, 'Warning', 'FailedDelete', 'Error deleting: '), condition },
  };
}

function named(owner: KubeObject, reason: string, message: string): OnDone {
  return { event: eventAbout(owner, 'Normal', reason, message), appendName: true };
}
