/** Small values that several controllers need. */
import { STRING_MAP, semanticEqual } from '../../../kube/machinery/equality.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';

/** `intstr.GetScaledValueFromIntOrPercent`: `25%` of `total`, rounded up or down. A malformed text counts as 0. */
export function scaledValue(value: unknown, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  if (!percent) return Number.parseInt(String(value ?? 0), 10) || 0;
  const share = (Number(percent[1]) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

/**
 * `equality.Semantic.DeepEqual` of two values of a published type: `same('io.k8s.api.apps.v1.DeploymentStatus', a, b)`.
 */
export function same(type: string, a: unknown, b: unknown): boolean {
  return semanticEqual(schemaOf(type), a, b);
}

/** The same of labels and annotations. */
export function sameMap(a: unknown, b: unknown): boolean {
  return semanticEqual(STRING_MAP, a, b);
}
