/** All relations, a line each. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { autoscaling } from './autoscaling.ts';
import { endpoints } from './endpoints.ts';
import { ingress } from './ingress.ts';
import { owned } from './owned.ts';
import { podUses } from './pod-uses.ts';
import type { Ref, Relation, RelationName } from './relation.ts';
import { roles } from './roles.ts';
import { selected } from './selected.ts';
import { volumes } from './volumes.ts';

const RELATIONS: readonly Relation[] = [
  ...owned,
  ...podUses,
  ...selected,
  ...endpoints,
  ...ingress,
  ...autoscaling,
  ...volumes,
  ...roles,
];

export function relationsOf(resource: string): readonly Relation[] {
  return RELATIONS.filter(({ of }) => of.includes(resource));
}

/** The kinds whose objects have to be looked through. */
export function sourcesOf(resource: string): string[] {
  return [...new Set(relationsOf(resource).flatMap(({ from }) => from ?? []))];
}

export interface RelatedGroup {
  name: RelationName;
  refs: readonly Ref[];
}

export function relatedTo(
  resource: string,
  object: KubeObject,
  others: (resource: string) => readonly KubeObject[],
): RelatedGroup[] {
  const groups = new Map<RelationName, Ref[]>();
  for (const { name, from, find } of relationsOf(resource)) {
    const found = find(object, from ? others(from) : []);
    if (found.length > 0) groups.set(name, [...(groups.get(name) ?? []), ...found]);
  }
  return [...groups].map(([name, refs]) => ({ name, refs }));
}
