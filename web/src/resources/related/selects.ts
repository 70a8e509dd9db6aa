import {
  type LabelSelectorObject,
  type Labels,
  selectorFromObject,
} from '../../../../kube/machinery/selectors/labels.ts';

/** Whether a label selector of a spec selects these labels. One that is not there selects nothing; an empty one all. */
export function labelsMatch(selector: unknown, labels: Labels | undefined): boolean {
  if (!selector) return false;
  try {
    return selectorFromObject(selector as LabelSelectorObject).matches(labels ?? {});
  } catch {
    return false;
  }
}

/** Whether a plain map of labels, as a Service has, is among these. An empty one selects nothing. */
export function mapMatches(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}
