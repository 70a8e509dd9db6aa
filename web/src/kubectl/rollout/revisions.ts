/** The revisions that a workload can go back to. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { formatSelector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { ControllerRevision, Deployment, PodTemplateSpec } from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import type { Info } from '../resources/info.ts';
import { replicaSetsOf, revisionOf } from './replica-sets.ts';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export interface Revision {
  number: number;
  cause: string;
  template: PodTemplateSpec;
  /** The ReplicaSet or ControllerRevision. */
  object: KubeObject;
}

/** Oldest first. */
export async function revisionsOf(context: Context, { object, mapping }: Info): Promise<Revision[]> {
  if (mapping.kind === 'Deployment') return ofDeployment(context, object as unknown as Deployment);
  if (mapping.kind === 'DaemonSet' || mapping.kind === 'StatefulSet') return ofRevisions(context, object as KubeObject);
  const group = mapping.group === '' ? '' : `.${mapping.group}`;
  throw new CommandError(`no history viewer has been implemented for "${mapping.kind}${group}"`);
}

async function ofDeployment(context: Context, deployment: Deployment): Promise<Revision[]> {
  const { all } = await replicaSetsOf(context, deployment);
  const revisions = all.map((set) => ({
    number: revisionOf(set),
    cause: set.metadata.annotations?.[CHANGE_CAUSE] ?? '',
    template: (set.spec?.template ?? {}) as PodTemplateSpec,
    object: set as unknown as KubeObject,
  }));
  return revisions.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number);
}

async function ofRevisions(context: Context, object: KubeObject): Promise<Revision[]> {
  const { namespace, uid } = object.metadata;
  const { selector } = object.spec as { selector?: object };
  const { items } = await context.client.get<{ items: ControllerRevision[] }>(
    `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`,
    { labelSelector: formatSelector(selectorFromObject(selector)) },
  );
  return items
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
    .map((each) => {
      const data = each.data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined;
      const { $patch: _, ...template } = data?.spec?.template ?? ({} as PodTemplateSpec & { $patch?: string });
      const cause = each.metadata.annotations?.[CHANGE_CAUSE] ?? '';
      return { number: each.revision, cause, template, object: each as unknown as KubeObject };
    })
    .sort((a, b) => a.number - b.number);
}
