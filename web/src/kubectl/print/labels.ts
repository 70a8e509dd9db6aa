/** Labels and selectors as text. */
import type { LabelSelectorObject } from '../../../../kube/machinery/selectors/labels.ts';
import { formatSelector, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';

/** `a=b,c=d`, or `<none>`. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const text = joinLabels(labels);
  return text === '' ? '<none>' : text;
}

/** `a=b,c=d`, or nothing. */
export function joinLabels(labels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

/** `metav1.FormatLabelSelector`. */
export function selectorText(selector: LabelSelectorObject | undefined | null): string {
  const text = formatSelector(selectorFromObject(selector));
  return text === '' ? '<none>' : text;
}
