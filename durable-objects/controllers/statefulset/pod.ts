/** The pods of a StatefulSet: their names, identity and volumes (upstream `statefulset/stateful_set_utils.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod, PodTemplateSpec, StatefulSet } from '../../../kube/types.ts';
import { REVISION_HASH } from '../common/controller-revisions.ts';
import { podFrom } from '../common/pod-control.ts';
import type { PodProjection } from '../common/pods.ts';

const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export type ClaimTemplate = NonNullable<NonNullable<StatefulSet['spec']>['volumeClaimTemplates']>[number];
type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];

export function podName({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

/** The number at the end of a pod's name, where the rest of it is the set's; undefined for others. */
export function ordinalOf({ metadata }: StatefulSet, pod: string): number | undefined {
  const [, parent, digits = ''] = /^(.*)-([0-9]+)$/.exec(pod) ?? [];
  const ordinal = Number(digits);
  return parent === metadata.name && ordinal < 2 ** 31 ? ordinal : undefined;
}

export function startOrdinal({ spec }: StatefulSet): number {
  return spec?.ordinals?.start ?? 0;
}

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + (set.spec?.replicas ?? 1);
}

export function claimName(set: StatefulSet, template: ClaimTemplate, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata.name}-${ordinal}`;
}

/** Pods name their revision by its whole name. */
export function revisionOf({ labels }: PodProjection): string {
  return labels[REVISION_HASH] ?? '';
}

export function newPod(
  set: StatefulSet,
  template: PodTemplateSpec | undefined,
  revision: string,
  ordinal: number,
): Pod {
  const pod = podFrom(set as unknown as KubeObject, template) as unknown as Pod;
  const { metadata, spec } = withIdentity(set, pod, ordinal);
  return withStorage(
    set,
    {
      ...pod,
      metadata: { ...metadata, labels: { ...metadata.labels, [REVISION_HASH]: revision } },
      spec: { ...spec, hostname: metadata.name, subdomain: set.spec?.serviceName } as Pod['spec'],
    },
    ordinal,
  );
}

export function hasIdentity(pod: PodProjection): boolean {
  return pod.labels[POD_NAME_LABEL] === pod.name;
}

export function withIdentity(set: StatefulSet, pod: Pod, ordinal: number): Pod {
  const name = podName(set, ordinal);
  const labels = { ...pod.metadata.labels, [POD_NAME_LABEL]: name, [INDEX_LABEL]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, name, labels } };
}

export function hasStorage(set: StatefulSet, { spec }: Pod, ordinal: number): boolean {
  return (set.spec?.volumeClaimTemplates ?? []).every((template) =>
    spec?.volumes?.some(
      ({ name, persistentVolumeClaim: claim }) =>
        name === template.metadata?.name && claim?.claimName === claimName(set, template, ordinal),
    ),
  );
}

/** The volumes of the set's claims take the place of others with their names. */
export function withStorage(set: StatefulSet, pod: Pod, ordinal: number): Pod {
  const templates = set.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const claimed = templates.map(
    (template): Volume => ({
      name: template.metadata?.name ?? '',
      persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
    }),
  );
  const names = new Set(claimed.map(({ name }) => name));
  const others = (pod.spec?.volumes ?? []).filter(({ name }) => !names.has(name));
  return { ...pod, spec: { ...pod.spec, volumes: [...claimed, ...others] } as Pod['spec'] };
}
