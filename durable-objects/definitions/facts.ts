/** The parts of a CustomResourceDefinition that decide which kinds are served: few, so that those of all are kept. */
import { decideNames, takenNames } from '../../kube/kinds/apiextensions/naming.ts';
import {
  type CustomResourceDefinition,
  type DefinitionNames,
  isConditionTrue,
} from '../../kube/kinds/apiextensions/types.ts';
import { type DefinitionFacts, factsOf } from '../../kube/kinds/custom/custom-kind.ts';

export interface KnownDefinition {
  uid: string;
  /** The revision of the definition that this was made of. */
  revision: number;
  generation: number;
  facts: DefinitionFacts;
  /** Names that the status grants. */
  accepted?: Partial<DefinitionNames>;
  /** Its names are accepted, or were when it was established. */
  isServed: boolean;
  isTerminating: boolean;
}

/**
 * `known`: the same of the definition before its change. A definition that has just been made is served at once, if its
 * names are free: its conditions follow.
 */
export function knowDefinition(
  definition: CustomResourceDefinition,
  revision: number,
  known: KnownDefinition | undefined,
  others: Iterable<KnownDefinition>,
): KnownDefinition {
  const { metadata, spec, status } = definition;
  const { uid = '', generation = 0 } = metadata;
  const isSame = known?.uid === uid && known.generation === generation;
  const since = isSame ? known.facts.since : revision;
  const accepted = status?.acceptedNames?.plural ? status.acceptedNames : undefined;
  const decided = accepted ? undefined : decideNames(spec.names, undefined, takenBy(others, spec.group));
  const isFree = decided?.condition.status === 'True';
  const names = accepted ?? decided?.names;
  return {
    uid,
    revision,
    generation,
    facts: {
      ...factsOf(spec, `${uid}/${generation}`, since),
      names: { ...spec.names, ...names, plural: spec.names.plural },
    },
    accepted: accepted ?? (isFree ? decided?.names : undefined),
    isServed: isConditionTrue(status, 'NamesAccepted') || isConditionTrue(status, 'Established') || isFree,
    isTerminating: metadata.deletionTimestamp !== undefined || isConditionTrue(status, 'Terminating'),
  };
}

function takenBy(others: Iterable<KnownDefinition>, group: string) {
  return takenNames([...others].filter(({ facts }) => facts.group === group).map(({ accepted }) => accepted));
}
