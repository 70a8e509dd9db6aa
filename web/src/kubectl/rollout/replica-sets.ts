/** The ReplicaSets of a Deployment: the one of its template, and older ones. */
import { formatSelector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../../../kube/types.ts';
import { same } from '../apply/three-way.ts';
import type { Context } from '../context.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

export interface ReplicaSets {
  all: ReplicaSet[];
  /** The ReplicaSets that have or want pods. */
  older: ReplicaSet[];
  newest: ReplicaSet | undefined;
}

export async function replicaSetsOf(context: Context, { metadata, spec }: Deployment): Promise<ReplicaSets> {
  const { items } = await context.client.get<{ items: ReplicaSet[] }>(
    `/apis/apps/v1/namespaces/${metadata.namespace}/replicasets`,
    { labelSelector: formatSelector(selectorFromObject(spec?.selector)) },
  );
  const all = items.filter((set) =>
    set.metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === metadata.uid),
  );
  const byAge = [...all].sort((a, b) => createdOf(a) - createdOf(b));
  const newest = byAge.find((set) => same(withoutHash(set.spec?.template), withoutHash(spec?.template)));
  return { all, newest, older: all.filter((set) => set !== newest) };
}

function createdOf({ metadata }: ReplicaSet): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}

export function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  if (!template) return undefined;
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

export function revisionOf({ metadata }: Pick<ReplicaSet, 'metadata'>): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}
