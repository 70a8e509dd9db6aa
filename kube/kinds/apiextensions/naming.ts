/**
 * The names that a definition is granted: two definitions of one group share none (apiextensions
 * `pkg/controller/status/naming_controller.go`).
 */
import type { NewCondition } from './conditions.ts';
import type { DefinitionNames } from './types.ts';

/** Names that the other definitions of the group were given. */
export interface TakenNames {
  resources: ReadonlySet<string>;
  kinds: ReadonlySet<string>;
}

export interface NamingDecision {
  names: DefinitionNames;
  condition: NewCondition;
}

export function takenNames(others: Iterable<Partial<DefinitionNames> | undefined>): TakenNames {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const names of others) {
    for (const name of [names?.plural, names?.singular, ...(names?.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [names?.kind, names?.listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

/** Names that are in use stay as they were; the last of several conflicts is told. */
export function decideNames(
  asked: DefinitionNames,
  accepted: Partial<DefinitionNames> | undefined,
  { resources, kinds }: TakenNames,
): NamingDecision {
  const names: DefinitionNames = {
    ...(accepted as DefinitionNames),
    plural: accepted?.plural ?? '',
    kind: accepted?.kind ?? '',
  };
  let conflict: [reason: string, message: string] | undefined;
  const inUse = (name: string) => `${JSON.stringify(name)} is already in use`;
  const decide = (field: 'plural' | 'singular' | 'kind' | 'listKind', taken: ReadonlySet<string>, reason: string) => {
    const name = asked[field] ?? '';
    if (name !== (accepted?.[field] ?? '') && taken.has(name)) conflict = [reason, inUse(name)];
    else names[field] = name;
  };
  decide('plural', resources, 'PluralConflict');
  decide('singular', resources, 'SingularConflict');
  const shortNames = asked.shortNames ?? [];
  const own = new Set(accepted?.shortNames);
  const wrong = shortNames.filter((name) => !own.has(name) && resources.has(name));
  if (wrong.length > 0) {
    const texts = [...new Set(wrong.map(inUse))];
    conflict = ['ShortNamesConflict', texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`];
  } else if (shortNames.length > 0) names.shortNames = shortNames;
  else delete names.shortNames;
  decide('kind', kinds, 'KindConflict');
  decide('listKind', kinds, 'ListKindConflict');
  if (asked.categories?.length) names.categories = asked.categories;
  else delete names.categories;
  const condition = conflict
    ? { type: 'NamesAccepted', status: 'False', reason: conflict[0], message: conflict[1] }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { names, condition };
}
