/**
 * A CustomResourceDefinition that is being deleted takes its objects with it (upstream apiextensions
 * `pkg/controller/finalizer`, which runs in the API server).
 */
import { type NewCondition, withCondition } from '../../kube/kinds/apiextensions/conditions.ts';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  conditionOf,
  DEFINITION_FINALIZER,
  isConditionTrue,
} from '../../kube/kinds/apiextensions/types.ts';
import { isBuiltInGroup } from '../../kube/kinds/registry.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

export const customResourceDefinitionFinalizer = defineController({
  name: DEFINITION_FINALIZER,
  for: DEFINITIONS,
  actsAs: API_SERVER,
  filter: ({ after }) => after?.deleting ?? false,
  watches: [{ resource: '*', map: definitionOf }],
  reconcile,
});

/** The definition of an object that went, where it waits for that, or of one that came while it ends. */
function definitionOf({ key, change }: ObjectChange, view: View): Key[] {
  if (change === 'update') return [];
  const definition = keyOf(DEFINITIONS, '', parseKey(key).resource);
  return view.projection(definition)?.deleting ? [definition] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const definition = view.get<CustomResourceDefinition>(DEFINITIONS, '', name);
  const { deletionTimestamp, finalizers = [] } = definition?.metadata ?? {};
  if (!definition || !deletionTimestamp || !finalizers.includes(CLEANUP_FINALIZER)) return { actions: [] };
  if (OVERLAPPING_RESOURCES.has(name)) return ended(definition, OVERLAPPING, now);
  if (!isConditionTrue(definition.status, 'Established')) return ended(definition, NEVER_ESTABLISHED, now);
  // Objects under the name of a built-in kind do not belong to the definition.
  if (isBuiltInGroup(definition.spec.group) || view.count(name) === 0) return ended(definition, COMPLETED, now);
  // In the version that objects are stored in no conversion webhook has to answer, which may have gone before.
  const version = definition.spec.versions.find(({ storage, served }) => storage && served)?.name;
  const deletes = namespacesOf(definition, view).map(
    (namespace): Action => ({ do: 'delete-collection', resource: name, namespace, version }),
  );
  const isTold = conditionOf(definition.status, 'Terminating')?.reason === IN_PROGRESS.reason;
  return { actions: [...(isTold ? [] : [statusAction(definition, IN_PROGRESS, now)]), ...deletes], parallel: true };
}

/** The namespaces ('' for a kind that has none) in which objects lie that are not being deleted yet. */
function namespacesOf({ metadata, spec }: CustomResourceDefinition, view: View): string[] {
  const all = spec.scope === 'Cluster' ? [''] : [...view.projections('namespaces', '')].map(({ name }) => name);
  return all.filter((namespace) => {
    const { count, terminating } = view.content(metadata.name ?? '', namespace);
    return count > terminating.length;
  });
}

const IN_PROGRESS: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
const COMPLETED: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};
const OVERLAPPING: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'OverlappingBuiltInResource',
  message: 'instances overlap with built-in resources in storage',
};
/** Built-in resources that upstream stores where it would store the objects of definitions with these names. */
const OVERLAPPING_RESOURCES = new Set(['apiservices.apiregistration.k8s.io', DEFINITIONS]);
const NEVER_ESTABLISHED: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
};

function statusAction(definition: CustomResourceDefinition, condition: NewCondition, now: number): Action {
  const status = withCondition(definition.status, condition, rfc3339(now));
  return { do: 'update-status', resource: DEFINITIONS, object: { ...definition, status } };
}

/** The status endpoint takes finalizers, too, so the definition ends with one write. */
function ended(definition: CustomResourceDefinition, condition: NewCondition, now: number): Plan {
  const finalizers = (definition.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  const metadata = { ...definition.metadata, finalizers };
  return { actions: [statusAction({ ...definition, metadata }, condition, now)] };
}
