/** Which ReplicaSet is the new one, its making, and revision numbers (upstream `deployment/sync.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { LabelSelector, ReplicaSet } from '../../../kube/types.ts';
import { controllerRef } from '../common/controller-ref.ts';
import type { OnRefused } from '../runtime/plan.ts';

import {
  DEPLOYMENTS,
  DESIRED_REPLICAS,
  HASH_LABEL,
  MAX_REPLICAS,
  NOT_COPIED,
  REASON,
  REVISION,
  REVISION_HISTORY,
} from './constants.ts';
import { annotate, byAge, newSetSize, type Rollout } from './rollout.ts';
import { sameTemplate, templateHash } from './template-hash.ts';

/** upstream's maxRevHistoryLengthInChars */
const HISTORY_CHARS = 2000;

export interface Sets {
  newSet: ReplicaSet | undefined;
  oldSets: ReplicaSet[];
  all: ReplicaSet[];
}

/** Looks up a ReplicaSet by name, whoever owns it. */
export type Lookup = (name: string) => ReplicaSet | undefined;

/** An int64, as upstream keeps it: users may set one beyond what a number holds exactly. What doesn't parse counts as 0. */
export function revisionOf(set: ReplicaSet): bigint {
  const text = set.metadata.annotations?.[REVISION] ?? '';
  return /^[+-]?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text.replace('+', ''))) : 0n;
}

/** `MaxRevision` */
function highestRevision(sets: readonly ReplicaSet[]): bigint {
  return sets.map(revisionOf).reduce((highest, one) => (one > highest ? one : highest), 0n);
}

/**
 * Tells the new set from the old ones and brings its annotations and revision up to date; makes it when it is missing
 * and `create` says so. Answers undefined when that has to wait for a fresh try (a name that collides).
 */
export function syncRevision(rollout: Rollout, sets: readonly ReplicaSet[], create?: Lookup): Sets | undefined {
  const { deployment } = rollout;
  const found = [...sets].sort(byAge).find((set) => sameTemplate(set.spec?.template, deployment.spec?.template));
  const oldSets = sets.filter((set) => set !== found);
  const revision = String(highestRevision(oldSets) + 1n);
  if (found) {
    syncFound(rollout, found, revision);
    return { newSet: found, oldSets, all: [...oldSets, found] };
  }
  if (!create) return { newSet: undefined, oldSets, all: oldSets };
  const made = make(rollout, oldSets, revision);
  if (create(made.metadata.name ?? '')) {
    // Somebody else's set has the name: the next run tries another hash.
    rollout.collisionCount = (rollout.collisionCount ?? 0) + 1;
    return undefined;
  }
  announce(rollout, made, revision);
  return { newSet: made, oldSets, all: [...oldSets, made] };
}

function syncFound(rollout: Rollout, set: ReplicaSet, revision: string): void {
  const { deployment } = rollout;
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const annotated = annotateNew(rollout, set, revision, true);
  if (annotated || (set.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    set.spec = { ...set.spec, minReadySeconds } as ReplicaSet['spec'];
    rollout.touch(set);
  }
  rollout.revision = set.metadata.annotations?.[REVISION];
  if (rollout.hasDeadline && !rollout.condition('Progressing')) {
    rollout.setCondition('Progressing', 'True', REASON.found, `Found new replica set "${set.metadata.name}"`);
  }
}

function make(rollout: Rollout, oldSets: readonly ReplicaSet[], revision: string): ReplicaSet {
  const { deployment } = rollout;
  const template = deployment.spec?.template;
  const hash = templateHash(template, rollout.collisionCount);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const selector = deployment.spec?.selector as LabelSelector | undefined;
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [controllerRef(deployment as unknown as KubeObject)],
    },
    spec: {
      replicas: 0,
      ...(deployment.spec?.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as unknown as ReplicaSet;
  set.spec = { ...set.spec, replicas: newSetSize(rollout, [...oldSets, set], set) } as ReplicaSet['spec'];
  annotateNew(rollout, set, revision, false);
  return set;
}

function announce(rollout: Rollout, set: ReplicaSet, revision: string): void {
  const name = set.metadata.name ?? '';
  const size = set.spec?.replicas ?? 0;
  const message = `Failed to create new replica set "${name}": `;
  const onRefused = {
    event: rollout.event('Warning', REASON.createError, message),
    ...(rollout.hasDeadline ? { condition: failedCondition(rollout, message) } : {}),
  };
  const event = rollout.event('Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
  rollout.create(set, size > 0 ? { onDone: { event }, onRefused } : { onRefused });
  rollout.revision = revision;
  if (rollout.hasDeadline) {
    rollout.setCondition('Progressing', 'True', REASON.created, `Created new replica set "${name}"`);
  }
}

function failedCondition(rollout: Rollout, message: string): OnRefused['condition'] {
  const { deployment, conditions } = rollout;
  const now = rfc3339(rollout.now);
  const object = { ...deployment, status: { ...deployment.status, conditions } } as unknown as KubeObject;
  return {
    resource: DEPLOYMENTS,
    object,
    condition: {
      type: 'Progressing',
      status: 'False',
      lastUpdateTime: now,
      lastTransitionTime: now,
      reason: REASON.createError,
      message,
    },
  };
}

/** `SetNewReplicaSetAnnotations` */
function annotateNew(rollout: Rollout, set: ReplicaSet, revision: string, exists: boolean): boolean {
  let changed = false;
  for (const [name, value] of Object.entries(rollout.deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(name)) changed = annotate(set, name, value) || changed;
  }
  const before = set.metadata.annotations?.[REVISION];
  if (revisionOf(set) < BigInt(revision)) {
    annotate(set, REVISION, revision);
    changed = true;
    if (before !== undefined) recordHistory(set, before);
  }
  if (!exists) {
    annotate(set, DESIRED_REPLICAS, String(rollout.replicas));
    annotate(set, MAX_REPLICAS, String(rollout.replicas + rollout.maxSurge));
    changed = true;
  }
  return changed;
}

function recordHistory(set: ReplicaSet, revision: string): void {
  const history = (set.metadata.annotations?.[REVISION_HISTORY] ?? '').split(',').filter((part) => part !== '');
  while (history.length > 0 && [...history, revision].join(',').length > HISTORY_CHARS) history.shift();
  annotate(set, REVISION_HISTORY, [...history, revision].join(','));
}
