/** Taints and tolerations (`component-helpers/scheduling/corev1/helpers.go`). */
import type { Taint, Toleration } from '../types.ts';

export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  switch (operator || 'Equal') {
    case 'Exists':
      return true;
    case 'Equal':
      return (value ?? '') === (taint.value ?? '') && key !== undefined && key !== '';
    // `Lt` and `Gt` belong to TaintTolerationComparisonOperators, which is alpha and off in 1.36; validation refuses
    // them.
    default:
      return false;
  }
}

export function toleratesAny(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  if (tolerations) for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}

/** The effects that keep a pod from being scheduled to a node. */
const FORBIDDING: readonly string[] = ['NoSchedule', 'NoExecute'];

/** The first taint with one of these effects that a pod does not tolerate. */
export function untolerated(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
  effects = FORBIDDING,
): Taint | undefined {
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !toleratesAny(tolerations, taint)) return taint;
  }
  return undefined;
}
