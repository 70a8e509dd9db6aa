/** Warnings about labels of nodes that have newer names (`pkg/api/node/util.go`). */
import { isValidLabelValue } from '../../machinery/names.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import type { Affinity } from '../../types.ts';

/** The labels of today that mean what older ones did. */
export const NEW_LABELS: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type'],
]);

const since = (old: string): string => (/\/(arch|os)$/.test(old) ? 'v1.14' : 'v1.17');

const DEPRECATED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...NEW_LABELS].map(([old, name]) => [old, `deprecated since ${since(old)}; use "${name}" instead`]),
  ),
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type Term = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'][number];

/** At most one; `text` makes the warning of what is wrong with the label. */
export function labelWarning(key: string | undefined, text: (deprecation: string) => string): string[] {
  const deprecation = key !== undefined && Object.hasOwn(DEPRECATED, key) ? DEPRECATED[key] : undefined;
  return deprecation === undefined ? [] : [text(deprecation)];
}

/** `checkValues`: also whether the values can be labels' at all. */
export function termWarnings(term: Term | undefined, checkValues: boolean, field: string): string[] {
  return (term?.matchExpressions ?? []).flatMap(({ key, values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    const invalid = checkValues
      ? values.flatMap((value, which) =>
          isValidLabelValue(value).map((why) => `${at}.values[${which}]: ${value} is invalid, ${why}`),
        )
      : [];
    return [...labelWarning(key, (deprecation) => `${at}.key: ${key} is ${deprecation}`), ...invalid];
  });
}

/** `GetWarningsForNodeSelector` */
export function selectorWarnings(selector: LabelSelectorObject | undefined, field: string): string[] {
  return [
    ...(selector?.matchExpressions ?? []).flatMap(({ key }, index) =>
      labelWarning(key, (deprecation) => `${field}.matchExpressions[${index}].key: ${key} is ${deprecation}`),
    ),
    ...Object.keys(selector?.matchLabels ?? {}).flatMap((key) =>
      labelWarning(key, (deprecation) => `${field}.matchLabels.${key}: ${deprecation}`),
    ),
  ];
}

export function nodeAffinityWarnings(affinity: NodeAffinity | undefined, field: string): string[] {
  const required = `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const preferred = `${field}.preferredDuringSchedulingIgnoredDuringExecution`;
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      termWarnings(term, false, `${required}[${index}]`),
    ),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, index) =>
      termWarnings(preference, true, `${preferred}[${index}].preference`),
    ),
  ];
}
