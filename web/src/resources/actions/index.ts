/** All that can be done with objects, a line each. What it comes to is decided in a file of its own. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { ApiResource } from '../../api/discovery.ts';
import { forwardedKind } from '../../forwards/forwarded-kind.ts';
import { isNode } from './cordon.ts';
import { isCronJob } from './cron-job.ts';
import { canPause } from './pause.ts';
import type { Target } from './plan.ts';
import { canRestart, isPaused } from './restart.ts';
import { keeperOf } from './rollout.ts';
import { canScale } from './scale.ts';

export interface Action {
  name: ActionName;
  of(target: Pick<Target, 'resource'>): boolean;
  /** Whether it changes anything for the object as it is; of several, each is asked for. */
  fits?(object: KubeObject): boolean;
  /** On one object only. */
  single?: boolean;
  /** Offered where an object is looked at, not in tables. */
  inDetail?: boolean;
  /** The decision needs more of the object than its metadata. */
  whole?: boolean;
  danger?: boolean;
}

const spec = (object: KubeObject) => (object.spec ?? {}) as { unschedulable?: boolean; suspend?: boolean };
const canPatch = ({ resource }: Pick<Target, 'resource'>) => resource.verbs.includes('patch');

export type ActionName =
  | 'scale'
  | 'restart'
  | 'undo'
  | 'pause'
  | 'resume'
  | 'cordon'
  | 'uncordon'
  | 'drain'
  | 'suspend'
  | 'unsuspend'
  | 'trigger'
  | 'openPort'
  | 'editLabels'
  | 'editAnnotations'
  | 'remove';

export const ACTIONS: readonly Action[] = [
  { name: 'scale', of: canScale, whole: true },
  { name: 'restart', of: canRestart, whole: true },
  { name: 'undo', of: (target) => keeperOf(target) !== undefined, single: true, whole: true },
  { name: 'pause', of: canPause, fits: (object) => !isPaused(object) },
  { name: 'resume', of: canPause, fits: isPaused },
  { name: 'cordon', of: isNode, fits: (object) => !spec(object).unschedulable },
  { name: 'uncordon', of: isNode, fits: (object) => spec(object).unschedulable === true },
  { name: 'drain', of: isNode, single: true },
  { name: 'trigger', of: isCronJob, single: true, whole: true },
  { name: 'suspend', of: isCronJob, fits: (object) => !spec(object).suspend },
  { name: 'unsuspend', of: isCronJob, fits: (object) => spec(object).suspend === true },
  { name: 'openPort', of: ({ resource }) => forwardedKind(resource) !== undefined, single: true, whole: true },
  { name: 'editLabels', of: canPatch, single: true, inDetail: true, whole: true },
  { name: 'editAnnotations', of: canPatch, single: true, inDetail: true, whole: true },
  { name: 'remove', of: ({ resource }) => resource.verbs.includes('delete'), danger: true },
];

/** The actions on an object that is looked at, as it is. */
export function actionsOf(resource: ApiResource, object: KubeObject): Action[] {
  return ACTIONS.filter(({ of, fits }) => of({ resource }) && (!fits || fits(object)));
}

/** The actions on rows. Of rows with no more than metadata it is not known what would change them. */
export function actionsOfMany(resource: ApiResource, objects: readonly KubeObject[]): Action[] {
  const could = ({ fits }: Action) => !fits || objects.some((object) => object.spec === undefined || fits(object));
  return ACTIONS.filter(
    (action) =>
      action.of({ resource }) && !action.inDetail && (!action.single || objects.length === 1) && could(action),
  );
}
