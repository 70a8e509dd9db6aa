/** Warnings about labels of nodes that have newer names (`pkg/api/node/util.go`). */
import { isValidLabelValue } from '../../machinery/names.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import type { Affinity } from '../../types.ts';

const DEPRECATED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
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
