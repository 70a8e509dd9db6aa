/** `kubectl rollout history` and `undo`: the revisions of a workload, and the way back to one. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { PodTemplateSpec } from '../../../../kube/types.ts';
import { groupResource } from '../../api/discovery.ts';
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, type Target, targetPath } from './plan.ts';
import { isPaused } from './restart.ts';

export interface Revision {
  number: number;
  /** The ReplicaSet or ControllerRevision that keeps it. */
  keeper: KubeObject;
  changeCause?: string;
  created?: string | null;
  /** Whether it is the workload's present revision. */
  current: boolean;
}

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const HASH = 'pod-template-hash';
/** Of the Deployment itself: they are not those of the revision. */
const OWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

/** The kind that keeps a workload's revisions. */
export function keeperOf({ resource }: Pick<Target, 'resource'>): 'replicasets' | 'controllerrevisions' | undefined {
  const name = groupResource(resource);
  if (name === 'deployments.apps') return 'replicasets';
  return name === 'daemonsets.apps' || name === 'statefulsets.apps' ? 'controllerrevisions' : undefined;
}

/** The newest first. `keepers`: all of the namespace. */
export function revisionsOf(workload: KubeObject, keepers: Iterable<KubeObject>): Revision[] {
  const { uid } = workload.metadata;
  const found: Revision[] = [];
  for (const keeper of keepers) {
    if (!keeper.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid)) continue;
    const { annotations, creationTimestamp } = keeper.metadata;
    const number = Number(keeper.revision ?? annotations?.[REVISION]);
    if (!Number.isInteger(number)) continue;
    found.push({
      number,
      keeper,
      changeCause: annotations?.[CHANGE_CAUSE],
      created: creationTimestamp,
      current: false,
    });
  }
  found.sort((a, b) => b.number - a.number);
  return found.map((revision, index) => ({ ...revision, current: index === 0 }));
}

interface WithTemplate {
  spec?: { template?: PodTemplateSpec };
  data?: unknown;
}

/** The pod template of a revision, without what the controller put into it. */
export function templateOf({ keeper }: Revision): unknown {
  const { spec, data } = keeper as KubeObject & WithTemplate;
  if (!spec?.template) {
    const { $patch: _, ...template } = ((data as WithTemplate | undefined)?.spec?.template ?? {}) as {
      $patch?: string;
    };
    return template;
  }
  const { metadata, ...rest } = spec.template;
  const { [HASH]: _, ...labels } = metadata?.labels ?? {};
  return { metadata: { ...metadata, labels }, ...rest };
}

export function undo(target: Target, revision: Revision): Decision {
  const path = targetPath(target);
  const kubectl = kubectlLine([target], { verb: 'rollout undo', flags: [`--to-revision=${revision.number}`] });
  if (isPaused(target.object)) {
    return {
      refused:
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    };
  }
  if (keeperOf(target) === 'controllerrevisions') {
    // A ControllerRevision keeps a patch.
    const { data } = revision.keeper;
    return { steps: [{ method: 'PATCH', path, patch: 'strategic', body: data }], kubectl };
  }
  const own = Object.entries(target.object.metadata.annotations ?? {}).filter(([key]) => OWN_ANNOTATIONS.includes(key));
  const others = Object.entries(revision.keeper.metadata.annotations ?? {}).filter(
    ([key]) => !OWN_ANNOTATIONS.includes(key),
  );
  const body = [
    { op: 'replace', path: '/spec/template', value: templateOf(revision) },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...own, ...others]) },
  ];
  return { steps: [{ method: 'PATCH', path, patch: 'json', body }], kubectl };
}
