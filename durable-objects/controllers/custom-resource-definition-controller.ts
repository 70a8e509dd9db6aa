/**
 * The names and conditions of CustomResourceDefinitions (upstream apiextensions `pkg/controller/status`, `establish`,
 * `apiapproval`, which run in the API server).
 */
import { takenNames } from '../../kube/kinds/apiextensions/naming.ts';
import { statusOf } from '../../kube/kinds/apiextensions/status.ts';
import {
  type CustomResourceDefinition,
  type DefinitionNames,
  isConditionTrue,
} from '../../kube/kinds/apiextensions/types.ts';
import { sameJson } from '../../kube/machinery/equality.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';
import type { Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

interface Naming {
  group: string;
  accepted: DefinitionNames | undefined;
  isInConflict: boolean;
}

const naming = defineProjection<Naming>({
  field: 'naming',
  resource: DEFINITIONS,
  compute(object) {
    const { spec, status } = object as unknown as CustomResourceDefinition;
    return {
      group: spec.group,
      accepted: status?.acceptedNames,
      isInConflict: !isConditionTrue(status, 'NamesAccepted'),
    };
  },
});

const byGroup = defineIndex({
  name: 'definitions by group',
  resource: DEFINITIONS,
  values: (definition) => [naming.of(definition)?.group ?? ''],
});

export const customResourceDefinitionController = defineController({
  name: 'customresourcedefinition-controller',
  for: DEFINITIONS,
  // Names that one is given, the next must find taken.
  concurrency: 1,
  actsAs: API_SERVER,
  projections: [naming],
  indexes: [byGroup],
  watches: [{ resource: DEFINITIONS, map: waitingForNames }],
  reconcile,
});

/** Names that a definition gives up, others may have asked for. */
function waitingForNames({ key, before, after }: ObjectChange, view: View): Key[] {
  const [old, now] = [naming.of(before), naming.of(after)];
  if (!old?.accepted?.plural || sameJson(old.accepted, now?.accepted)) return [];
  const others = [...view.index(byGroup, old.group)].filter((other) => naming.of(other)?.isInConflict);
  return others.map((other) => other.key).filter((other) => other !== key);
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { name } = parseKey(key);
  const definition = view.get<CustomResourceDefinition>(DEFINITIONS, '', name);
  if (!definition) return { actions: [] };
  const others = [...view.index(byGroup, definition.spec.group)].filter((other) => other.name !== name);
  const status = statusOf(definition, takenNames(others.map((other) => naming.of(other)?.accepted)), rfc3339(now));
  if (!status) return { actions: [] };
  return { actions: [{ do: 'update-status', resource: DEFINITIONS, object: { ...definition, status } }] };
}
