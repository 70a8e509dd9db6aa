/** Taints of devices (`resourceclaim/devicetoleration.go`). */
import type { Taint, Toleration } from './types.ts';

export function toleratesTaint({ key, operator, value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator || 'Equal') === 'Equal' && value === (taint.value ?? '');
}

/** Other effects, `None` among them, keep no claim from the device. */
const FORBIDDING: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);

export function taintsPrevent(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] = []): boolean {
  return (taints ?? []).some(
    (taint) => FORBIDDING.has(taint.effect) && !tolerations.some((one) => toleratesTaint(one, taint)),
  );
}
