/** How long taints let a pod stay (upstream `tainteviction`; component-helpers `scheduling/corev1/helpers.go`). */
import { tolerates } from '../../../kube/scheduling/tolerations.ts';
import type { Taint, Toleration } from '../../../kube/types.ts';

/**
 * How long a pod may stay on a node with these NoExecute taints, in seconds: 0 when some taint is not tolerated,
 * undefined when it may stay for ever. Of the tolerations of a taint the first counts (`GetMatchingTolerations`,
 * `getMinTolerationTime`).
 */
export function staysFor(tolerations: readonly Toleration[], taints: readonly Taint[]): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints) {
    const used = tolerations.find((toleration) => tolerates(toleration, taint));
    if (!used) return 0;
    const { tolerationSeconds } = used;
    if (tolerationSeconds === undefined || tolerationSeconds === null) continue;
    shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds));
  }
  return shortest;
}
