/** The ReplicaSet of the present template, as it is made and kept up to date (upstream `deployment/sync.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { LabelSelector, ReplicaSet } from '../../../kube/types.ts';
import { controllerRef } from '../common/controller-ref.ts';
import { HASH_LABEL, templateHash } from '../common/template-hash.ts';
import {
  annotated,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  nextRevision,
  REVISION,
  revisionOf,
  totalSize,
} from './replica-sets.ts';
import type { Rollout } from './rollout.ts';

const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** upstream's maxRevHistoryLengthInChars */
const MAX_HISTORY_CHARS = 2000;

/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

/** `NewRSNewReplicas`: the size that the new set may have now, beside sets of `others` pods. */
export function newSetSize({ isRolling, replicas, maxSurge }: Rollout, others: number, size: number): number {
  if (!isRolling) return replicas;
  const room = replicas + maxSurge - others - size;
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

const MAX_NAME = 253;

/** A long name of a Deployment is cut, so that its sets have one that is allowed (`generateReplicaSetName`). */
export function setName(deployment: string, hash: string): string {
  return `${deployment.slice(0, MAX_NAME - 1 - hash.length)}-${hash}`;
}

/** The set as it is to be created. `collisions`: how often another set had its name. */
export function makeNewSet(
  rollout: Rollout,
  oldSets: readonly ReplicaSet[],
  collisions: number | undefined,
): ReplicaSet {
  const { deployment } = rollout;
  const template = deployment.spec?.template;
  const hash = templateHash(template, collisions);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const selector = deployment.spec?.selector as LabelSelector | undefined;
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: setName(deployment.metadata.name ?? '', hash),
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [controllerRef(deployment as unknown as KubeObject)],
    },
    spec: {
      replicas: newSetSize(rollout, totalSize(oldSets), 0),
      ...(deployment.spec?.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as unknown as ReplicaSet;
  return annotated(withRevision(rollout, set, oldSets), sizedFor(rollout));
}

/**
 * The present new set with the Deployment's annotations, revision and minReadySeconds; the same where it has them.
 * Upstream does not notice new annotations of a set whose revision does not parse.
 */
export function syncedNewSet(rollout: Rollout, set: ReplicaSet, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const { minReadySeconds = 0 } = rollout.deployment.spec ?? {};
  const next = withRevision(rollout, set, oldSets);
  const isNoticed = next !== set && (!set.metadata.annotations?.[REVISION] || revisionOf(set) !== undefined);
  if (!isNoticed && (set.spec?.minReadySeconds ?? 0) === minReadySeconds) return set;
  return { ...next, spec: { ...next.spec, minReadySeconds } as ReplicaSet['spec'] };
}

/** The size of the Deployment that a set was sized for. */
export function sizedFor({ replicas, maxSurge }: Rollout): Record<string, string> {
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge) };
}

/** `SetNewReplicaSetAnnotations` */
function withRevision(rollout: Rollout, set: ReplicaSet, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const next = withCopied(rollout, set);
  const before = set.metadata.annotations?.[REVISION];
  const present = before ? revisionOf(set) : 0n;
  const revision = nextRevision(oldSets);
  // A revision that does not parse is left alone.
  if (present === undefined || present >= revision) return next;
  const history: Record<string, string> = before === undefined ? {} : { [REVISION_HISTORY]: historyWith(set, before) };
  return annotated(next, { [REVISION]: String(revision), ...history });
}

/** The set with the Deployment's annotations. */
function withCopied({ deployment }: Rollout, set: ReplicaSet): ReplicaSet {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name));
  return annotated(set, Object.fromEntries(copied));
}

function historyWith(set: ReplicaSet, revision: string): string {
  const history = (set.metadata.annotations?.[REVISION_HISTORY] ?? '').split(',').filter((part) => part !== '');
  while (history.length > 0 && [...history, revision].join(',').length > MAX_HISTORY_CHARS) history.shift();
  return [...history, revision].join(',');
}
