/** `kubectl cordon` and `uncordon`: whether new pods may come to a node. */
import { groupResource } from '../../api/discovery.ts';
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

export function isNode({ resource }: Pick<Target, 'resource'>): boolean {
  return groupResource(resource) === 'nodes';
}

export function cordon(targets: readonly Target[], cordoned: boolean): Decision {
  return {
    steps: patchAll(targets, { spec: { unschedulable: cordoned || null } }),
    kubectl: kubectlLine(targets, { verb: cordoned ? 'cordon' : 'uncordon', bare: true }),
  };
}
