/** The facts that the view keeps for a set of controllers: compiled once from their declarations. */
import type { GroupResource } from '../../../../kube/machinery/resource.ts';
import type { Controller } from '../controller.ts';
import type { IndexDefinition, ProjectionDefinition } from './projection.ts';

type Declares = Pick<Controller, 'for' | 'owns' | 'watches' | 'projections' | 'indexes'>;

const NONE: readonly never[] = Object.freeze([]);

export class ViewSchema {
  /** Resources of which every object has a projection in memory. */
  readonly followed = new Set<GroupResource>();
  private readonly projections = new Map<GroupResource, ProjectionDefinition[]>();
  private readonly byResource = new Map<GroupResource, IndexDefinition[]>();
  readonly indexes = new Set<IndexDefinition>();

  /** Throws where two definitions would share a field. */
  constructor(controllers: readonly Declares[]) {
    for (const { for: own, owns = [], watches = [], projections = [], indexes = [] } of controllers) {
      const watched = watches.filter(({ keysOnly }) => !keysOnly).map(({ resource }) => resource);
      for (const resource of [own, ...owns, ...watched]) if (resource !== '*') this.followed.add(resource);
      for (const definition of projections) this.addProjection(definition);
      for (const definition of indexes) this.addIndex(definition);
    }
  }

  projectionsOf(resource: GroupResource): readonly ProjectionDefinition[] {
    return this.projections.get(resource) ?? NONE;
  }

  indexesOf(resource: GroupResource): readonly IndexDefinition[] {
    return this.byResource.get(resource) ?? NONE;
  }

  private addProjection(definition: ProjectionDefinition): void {
    this.followed.add(definition.resource);
    const present = list(this.projections, definition.resource);
    if (present.includes(definition)) return;
    if (present.some(({ field }) => field === definition.field)) {
      throw new Error(`two projections of ${definition.resource} are called ${definition.field}`);
    }
    present.push(definition);
  }

  private addIndex(definition: IndexDefinition): void {
    this.followed.add(definition.resource);
    if (this.indexes.has(definition)) return;
    this.indexes.add(definition);
    list(this.byResource, definition.resource).push(definition);
  }
}

function list<T>(lists: Map<GroupResource, T[]>, resource: GroupResource): T[] {
  const present = lists.get(resource) ?? [];
  lists.set(resource, present);
  return present;
}
