/** Label selectors, extended. */
import {
  type Requirement,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from '../../../../kube/machinery/selectors/labels.ts';

/** A selector that matches a selector and more requirements. */
export function withRequirements(selector: Selector, extra: readonly Requirement[]): Selector {
  if (extra.length === 0) return selector;
  const more = extra.map((requirement) => selectorFromRequirement(requirement));
  return {
    requirements: [...selector.requirements, ...extra],
    matches: (labels) => selector.matches(labels) && more.every((one) => one.matches(labels)),
  };
}

function selectorFromRequirement({ key, operator, values }: Requirement): Selector {
  if (operator === '=') return selectorFromMap({ [key]: values[0] ?? '' });
  const names: Record<string, string> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' };
  return selectorFromObject({
    matchExpressions: [{ key, operator: names[operator] ?? operator, values: [...values] }],
  });
}
