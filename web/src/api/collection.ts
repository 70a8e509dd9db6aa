/** A live list of whole objects, by `namespace/name`. */
import type { ReadonlySignal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Connection } from './connection.ts';
import { LiveList, type Told } from './live-list.ts';

export class Collection<T extends KubeObject> extends LiveList<T> {
  get objects(): ReadonlySignal<ReadonlyMap<string, T>> {
    return this.items;
  }

  constructor(connection: Connection, path: string) {
    super(connection, path, { read: (object) => readObject(object as T) });
  }
}

function readObject<T extends KubeObject>(object: T): Told<T> {
  const { resourceVersion, annotations } = object.metadata;
  return { items: [[keyOf(object), object]], resourceVersion, annotations };
}

export function keyOf({ metadata }: Pick<KubeObject, 'metadata'>): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
}
