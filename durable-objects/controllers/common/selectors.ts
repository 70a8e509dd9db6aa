/** Selectors that the view keeps of objects which select pods: each change of a pod is matched against them. */
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import { type DefinedProjection, defineProjection } from '../runtime/view/projection.ts';

type Selecting<S> = { spec?: { selector?: S } };

/**
 * The selector of Services and ReplicationControllers: `spec.selector` is a plain map, and an empty one selects
 * nothing.
 */
function mapSelectorOf(resource: GroupResource): DefinedProjection<Selector> {
  return defineProjection({
    field: 'selector',
    resource,
    compute(object) {
      const selector = (object as Selecting<Record<string, string>>).spec?.selector;
      return selector && Object.keys(selector).length > 0 ? selectorFromMap(selector) : undefined;
    },
  });
}

function labelSelectorOf(resource: GroupResource): DefinedProjection<Selector> {
  return defineProjection({
    field: 'selector',
    resource,
    compute(object) {
      try {
        return selectorFromObject((object as Selecting<LabelSelectorObject>).spec?.selector);
      } catch {
        // A selector that does not parse selects nothing; its owner's reconcile says so.
        return undefined;
      }
    },
  });
}

export const serviceSelector = mapSelectorOf('services');
export const replicationControllerSelector = mapSelectorOf('replicationcontrollers');
export const replicaSetSelector = labelSelectorOf('replicasets.apps');
export const deploymentSelector = labelSelectorOf('deployments.apps');
export const statefulSetSelector = labelSelectorOf('statefulsets.apps');
export const daemonSetSelector = labelSelectorOf('daemonsets.apps');
export const jobSelector = labelSelectorOf('jobs.batch');
export const disruptionBudgetSelector = labelSelectorOf('poddisruptionbudgets.policy');

/** As Go prints a pointer to a LabelSelector. */
export function printSelector(selector: LabelSelectorObject | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
