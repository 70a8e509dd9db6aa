/**
 * One run over one Deployment: working copies of its ReplicaSets and status, which the steps change as upstream's do,
 * and the Plan that comes of it. Each changed object is written once.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Deployment, ReplicaSet } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import { scaledValue } from '../common/values.ts';
import { type Condition, findCondition, withCondition, withoutCondition } from '../runtime/conditions.ts';
import type { Action, EventDecision } from '../runtime/plan.ts';
import { DEPLOYMENTS, DESIRED_REPLICAS, MAX_REPLICAS, NO_LIMIT, REVISION, SETS } from './constants.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;

export class Rollout {
  readonly deployment: Deployment;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Conditions and collisionCount as the steps leave them; counts are made at the end. */
  conditions: Condition[];
  collisionCount: number | undefined;
  readonly actions: Action[] = [];
  /** The revision the Deployment shall carry, where it must change. */
  revision: string | undefined;
  private readonly changed = new Map<ReplicaSet, EventDecision[]>();
  private readonly created = new Set<ReplicaSet>();

  constructor(deployment: Deployment, now: number) {
    this.deployment = deployment;
    this.now = now;
    this.conditions = (deployment.status?.conditions ?? []) as Condition[];
    this.collisionCount = deployment.status?.collisionCount;
  }

  get replicas(): number {
    return this.deployment.spec?.replicas ?? 1;
  }

  get isRolling(): boolean {
    return this.deployment.spec?.strategy?.type !== 'Recreate';
  }

  get hasDeadline(): boolean {
    const seconds = this.deployment.spec?.progressDeadlineSeconds;
    return seconds !== undefined && seconds !== null && seconds !== NO_LIMIT;
  }

  /** `ResolveFenceposts`: both rounded, and never both 0. */
  private get fenceposts(): { surge: number; unavailable: number } {
    const rolling = this.deployment.spec?.strategy?.rollingUpdate;
    const surge = scaledValue(rolling?.maxSurge, this.replicas, true);
    const unavailable = scaledValue(rolling?.maxUnavailable, this.replicas, false);
    return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
  }

  get maxSurge(): number {
    return this.isRolling ? this.fenceposts.surge : 0;
  }

  get maxUnavailable(): number {
    if (!this.isRolling || this.replicas === 0) return 0;
    return Math.min(this.fenceposts.unavailable, this.replicas);
  }

  condition(type: string): Condition | undefined {
    return findCondition(this.conditions, type);
  }

  setCondition(type: string, status: string, reason: string, message: string, since?: string): void {
    const now = rfc3339(this.now);
    this.conditions = withCondition(this.conditions, {
      type,
      status,
      lastUpdateTime: now,
      lastTransitionTime: since ?? now,
      reason,
      message,
    });
  }

  dropCondition(type: string): void {
    this.conditions = withoutCondition(this.conditions, type);
  }

  event(type: EventDecision['type'], reason: string, message: string): EventDecision {
    return eventAbout(this.deployment as unknown as KubeObject, type, reason, message);
  }

  create(set: ReplicaSet, action: Pick<Action, 'onDone' | 'onRefused'>): void {
    this.created.add(set);
    this.actions.push({ do: 'create', resource: SETS, object: set as unknown as KubeObject, ...action });
  }

  touch(set: ReplicaSet): EventDecision[] {
    const events = this.changed.get(set) ?? [];
    this.changed.set(set, events);
    return events;
  }

  /** Sets the size and what it was sized for; true when the size changed. */
  resize(set: ReplicaSet, size: number): boolean {
    const before = sizeOf(set);
    const annotated = annotate(set, DESIRED_REPLICAS, String(this.replicas));
    const changed = annotate(set, MAX_REPLICAS, String(this.replicas + this.maxSurge)) || annotated;
    if (before === size) {
      if (changed) this.touch(set);
      return false;
    }
    set.spec = { ...set.spec, replicas: size } as ReplicaSet['spec'];
    const way = before < size ? 'up' : 'down';
    this.touch(set).push(
      this.event(
        'Normal',
        'ScalingReplicaSet',
        `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${size}`,
      ),
    );
    return true;
  }

  /** `scaleReplicaSetAndRecordEvent`: leaves a set of that size alone. */
  scale(set: ReplicaSet, size: number): boolean {
    return sizeOf(set) !== size && this.resize(set, size);
  }

  /** The Deployment does not carry its revision yet. */
  get isRevisionNew(): boolean {
    return this.revision !== undefined && this.deployment.metadata.annotations?.[REVISION] !== this.revision;
  }

  /** The changes as actions, in the order they were decided. */
  flush(status: DeploymentStatus | undefined): Action[] {
    const actions = [...this.actions];
    for (const [set, events] of this.changed) {
      if (!this.created.has(set)) actions.push({ do: 'update', resource: SETS, object: set as unknown as KubeObject });
      for (const event of events) actions.push({ do: 'event', event });
    }
    if (status) actions.push(this.statusAction(status));
    return actions;
  }

  /** The revision travels with the status, as upstream's does: an update of the Deployment itself would count as a new generation. */
  statusAction(status: DeploymentStatus): Action {
    const { deployment, revision } = this;
    const annotations = {
      ...deployment.metadata.annotations,
      ...(revision === undefined ? {} : { [REVISION]: revision }),
    };
    const metadata = this.isRevisionNew ? { ...deployment.metadata, annotations } : deployment.metadata;
    return {
      do: 'update-status',
      resource: DEPLOYMENTS,
      object: { ...deployment, metadata, status } as unknown as KubeObject,
    };
  }
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}

export function totalOf(sets: readonly ReplicaSet[], field: keyof NonNullable<ReplicaSet['status']>): number {
  return sets.reduce((sum, set) => sum + (Number(set.status?.[field]) || 0), 0);
}

export function active(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}

/** Sets an annotation on a working copy; true when that changed it. */
export function annotate(set: ReplicaSet, name: string, value: string): boolean {
  if (set.metadata.annotations?.[name] === value) return false;
  set.metadata = { ...set.metadata, annotations: { ...set.metadata.annotations, [name]: value } };
  return true;
}

/** Oldest first, then by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/** `NewRSNewReplicas`: how big the new set may be now. */
export function newSetSize(rollout: Rollout, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  if (!rollout.isRolling) return rollout.replicas;
  const room = rollout.replicas + rollout.maxSurge - totalSize(all);
  if (room <= 0) return sizeOf(newSet);
  return sizeOf(newSet) + Math.min(room, rollout.replicas - sizeOf(newSet));
}
