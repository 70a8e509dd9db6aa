/** The plan of an apply: its objects, and which of them wait for another. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Kind } from '../schema/catalog.ts';
import type { Found } from './read.ts';

export interface Item extends Found {
  id: number;
  apiVersion: string;
  kind: string;
  name: string;
  /** As it is written; the page's own where nothing is written. */
  namespace: string;
}

interface Definition {
  spec?: { group?: string; names?: { kind?: string } };
}

export function planOf(objects: readonly Found[], namespace: string): Item[] {
  return objects.map((found, id) => {
    const { apiVersion = '', kind = '', metadata } = found.object as Partial<KubeObject>;
    const name = metadata?.name ?? (metadata?.generateName ? `${metadata.generateName}…` : '');
    return { ...found, id, apiVersion, kind, name, namespace: metadata?.namespace ?? namespace };
  });
}

/** A Namespace, or the definition of its kind, that the item needs and that is to be made before it. */
export function waitsFor(item: Item, items: readonly Item[], kind: Kind | undefined): Item | undefined {
  const earlier = items.slice(0, item.id);
  if (kind) {
    if (!kind.namespaced) return undefined;
    return earlier.find(
      (each) => each.kind === 'Namespace' && each.apiVersion === 'v1' && each.name === item.namespace,
    );
  }
  const group = item.apiVersion.includes('/') ? item.apiVersion.split('/')[0] : '';
  return earlier.find((each) => {
    const { spec } = each.object as Definition;
    return each.kind === 'CustomResourceDefinition' && spec?.group === group && spec?.names?.kind === item.kind;
  });
}

export type Lack = 'apiVersion' | 'kind' | 'name';

/** The other objects that an object can't do without. */
export function lackOf({ apiVersion, kind, name }: Item): Lack | undefined {
  if (apiVersion === '') return 'apiVersion';
  if (kind === '') return 'kind';
  return name === '' ? 'name' : undefined;
}

/** Another version or group that has the kind, for an item whose own has it not. */
export function elsewhere({ kind }: Item, kinds: readonly Kind[]): string | undefined {
  return kinds.find((each) => each.kind.toLowerCase() === kind.toLowerCase())?.apiVersion;
}
