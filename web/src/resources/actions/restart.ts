/** `kubectl rollout restart`: an annotation of the pod template, so that all pods are made anew, a few at a time. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../../kube/machinery/time.ts';
import { groupResource } from '../../api/discovery.ts';
import { kubectlLine, typedName } from './kubectl-line.ts';
import { type Decision, patchAll, type Target } from './plan.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const KINDS = ['deployments.apps', 'daemonsets.apps', 'statefulsets.apps'];

export function canRestart({ resource }: Pick<Target, 'resource'>): boolean {
  return KINDS.includes(groupResource(resource));
}

export function isPaused(object: KubeObject): boolean {
  return (object.spec as { paused?: boolean } | undefined)?.paused === true;
}

/** `now` in milliseconds since the epoch. */
export function restart(targets: readonly Target[], now: number): Decision {
  const paused = targets.find(({ object }) => isPaused(object));
  if (paused) {
    return { refused: `${typedName(paused)}: can't restart paused deployment (run rollout resume first)` };
  }
  const template = { metadata: { annotations: { [RESTARTED_AT]: rfc3339(now) } } };
  return {
    steps: patchAll(targets, { spec: { template } }),
    kubectl: kubectlLine(targets, { verb: 'rollout restart' }),
  };
}
