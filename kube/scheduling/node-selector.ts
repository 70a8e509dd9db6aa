/** nodeSelector and node affinity terms (`component-helpers/scheduling/corev1/nodeaffinity`). */
import type { Labels } from '../machinery/selectors/labels.ts';
import type { Pod, PodSpec } from '../types.ts';

type NodeAffinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
export type NodeSelectorTerm = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type Requirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

function int64(text = ''): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function satisfies(value: string | undefined, { operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const own = int64(value);
      const bound = int64(values[0]);
      if (own === undefined || bound === undefined) return false;
      return operator === 'Gt' ? own > bound : own < bound;
    }
    default:
      return false;
  }
}

/** All of a term's requirements; a term without any matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, name: string, labels: Labels): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  for (const requirement of matchExpressions) {
    const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    if (!satisfies(value, requirement)) return false;
  }
  for (const requirement of matchFields) {
    if (!satisfies(requirement.key === 'metadata.name' ? name : undefined, requirement)) return false;
  }
  return true;
}

/** Does the node satisfy spec.nodeSelector and the required node affinity? */
export function matchesRequired(pod: Pod, name: string, labels: Labels): boolean {
  const wanted = pod.spec?.nodeSelector;
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, name, labels));
}
