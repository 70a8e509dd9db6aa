/** `kubectl scale`: through the subresource, so that it works on every kind that has it. */
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

export function canScale({ resource }: Pick<Target, 'resource'>): boolean {
  return resource.subresources.includes('scale');
}

export function scale(targets: readonly Target[], replicas: number): Decision {
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    return { refused: 'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0' };
  }
  return {
    steps: patchAll(targets, { spec: { replicas } }, '/scale'),
    kubectl: kubectlLine(targets, { verb: 'scale', flags: [`--replicas=${replicas}`] }),
  };
}
