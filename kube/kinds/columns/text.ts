/** Texts that cells share (`pkg/printers/internalversion/printers.go`). */
import { formatSelector, type LabelSelectorObject, selectorFromObject } from '../../machinery/selectors/labels.ts';

export const NONE = '<none>';
export const UNSET = '<unset>';
export const UNKNOWN = '<unknown>';

/** `labels.FormatLabels`: `a=b,c=d` in the order of keys. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const text = Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return text || NONE;
}

/** The selector's query text; `onError` when it can't be read. */
export function selectorText(selector: LabelSelectorObject | undefined, onError: string): string {
  try {
    return formatSelector(selectorFromObject(selector));
  } catch {
    return onError;
  }
}

/** `metav1.FormatLabelSelector` */
export function formatLabelSelector(selector: LabelSelectorObject | undefined): string {
  return selectorText(selector, '<error>') || NONE;
}

/** The first `max` items, and how many more there are; `<unset>` when there is none. */
export function listWithMore(items: readonly string[], max: number): string {
  const text = items.slice(0, max).join(',');
  if (items.length > max) return `${text} + ${items.length - max} more...`;
  return text || UNSET;
}
