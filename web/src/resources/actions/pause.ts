/** `kubectl rollout pause` and `resume`. */
import { groupResource } from '../../api/discovery.ts';
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

export function canPause({ resource }: Pick<Target, 'resource'>): boolean {
  return groupResource(resource) === 'deployments.apps';
}

export function pause(targets: readonly Target[], paused: boolean): Decision {
  return {
    steps: patchAll(targets, { spec: { paused: paused || null } }),
    kubectl: kubectlLine(targets, { verb: paused ? 'rollout pause' : 'rollout resume' }),
  };
}
