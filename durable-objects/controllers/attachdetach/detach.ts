/** Which volumes leave a node: those that no pod there wants, once its kubelet has unmounted them. */
import type { Action } from '../runtime/plan.ts';
import type { Projection } from '../runtime/view/projection.ts';
import { ATTACHMENTS, type NodeVolumes } from './facts.ts';

/** The time that a node which is not healthy has to unmount a volume (`ReconcilerMaxWaitForUnmountDuration`). */
const MAX_WAIT = 360_000;

interface Situation {
  facts: NodeVolumes;
  /** Whether there is a node. */
  exists: boolean;
  wanted: ReadonlyMap<string, unknown>;
  present: ReadonlyMap<string, Projection>;
  now: number;
  /** The times since which volumes are to leave. */
  memo: string | undefined;
}

export interface Detached {
  deletes: Action[];
  /** The unique names of those that stay for now. */
  kept: string[];
  /** Infinity for never. */
  requeueAfter: number;
  memo?: string;
}

export function detach({ facts, exists, wanted, present, now, memo }: Situation): Detached {
  const since = JSON.parse(memo ?? '{}') as Record<string, number>;
  const waiting: Record<string, number> = {};
  const result: Detached = { deletes: [], kept: [], requeueAfter: Number.POSITIVE_INFINITY };
  for (const [unique, projection] of present) {
    if (wanted.has(unique) || projection.deleting) continue;
    // The mounts of a node that is gone are not known: its volumes count as mounted.
    const isMounted = !exists || facts.inUse.includes(unique);
    const requested = since[unique] ?? now;
    const isOverdue = !facts.isReady && now - requested >= MAX_WAIT;
    if (!isMounted || isOverdue || facts.isOutOfService) {
      result.deletes.push({ do: 'delete', target: { resource: ATTACHMENTS, namespace: '', name: projection.name } });
      continue;
    }
    result.kept.push(unique);
    waiting[unique] = requested;
    if (!facts.isReady) result.requeueAfter = Math.min(result.requeueAfter, requested + MAX_WAIT - now);
  }
  return result.requeueAfter === Number.POSITIVE_INFINITY ? result : { ...result, memo: JSON.stringify(waiting) };
}
