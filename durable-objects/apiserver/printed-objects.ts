/**
 * Objects that every cluster has from its start. They are not sent through the pipeline, which would be asked many times
 * by each new cluster: their text is printed once for all clusters of the isolate, by the same functions, and the store
 * of a new cluster is given it (`store/bootstrap-objects.ts`).
 */
import type { Kinds } from '../../kube/kinds/registry.ts';
import { updateManagedFields } from '../../kube/machinery/apply/managed-fields.ts';
import type { Cause } from '../../kube/machinery/cause.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../kube/machinery/resource.ts';
import type { StructSchema } from '../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import { PLACEHOLDER } from '../store/bootstrap-objects.ts';
import { StoreError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { printObject } from './write/print.ts';

/** An object without the fields that a server gives. */
export interface BootstrapObject {
  key: Key;
  resource: GroupResource;
  object: KubeObject;
}

export interface InsertPorts {
  store: Store;
  kinds: Kinds;
  uuid(): string;
}

/** Stands for the time of an object's creation wherever it occurs in it. */
export const TIME = PLACEHOLDER.time;

type Finish = (key: Key, made: KubeObject) => KubeObject;

export class PrintedObjects {
  readonly #objects: () => readonly BootstrapObject[];
  readonly #manager: string;
  readonly #finish: Finish;
  #printed: ReadonlyMap<Key, string> | undefined;

  /** `objects` is asked once: they are the same for all clusters. `finish` adds what another manager writes later. */
  constructor(manager: string, objects: () => readonly BootstrapObject[], finish: Finish = (_, made) => made) {
    this.#manager = manager;
    this.#objects = objects;
    this.#finish = finish;
  }

  /** In the order in which they are made, with what differs between clusters left open. */
  texts(kinds: Kinds): ReadonlyMap<Key, string> {
    this.#printed ??= new Map(this.#objects().map(({ key, object }) => [key, this.#print(key, object, kinds)]));
    return this.#printed;
  }

  /** Makes the object of the key, unless it is there. */
  async insert({ store, kinds, uuid }: InsertPorts, key: Key, cause: Cause): Promise<void> {
    const printed = this.texts(kinds).get(key) ?? '';
    const text = printed.replace(PLACEHOLDER.uid, uuid()).replaceAll(TIME, rfc3339(cause.at));
    try {
      await store.commit({
        key,
        expect: 'absent',
        apply: (_, { revision }) => ({ text: text.replace(PLACEHOLDER.revision, String(revision)) }),
        cause,
      });
    } catch (error) {
      // The object was made by another writer meanwhile.
      if (!(error instanceof StoreError && error.code === 'already-exists')) throw error;
    }
  }

  #print(key: Key, object: KubeObject, kinds: Kinds): string {
    const kind = kinds.findKind(object.apiVersion, object.kind)?.kind;
    // The manager owns neither Go's empty list of rules nor the status.
    const { rules, status, ...others } = object;
    const copy: KubeObject = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: PLACEHOLDER.uid,
        generation: kind?.generation ? 1 : undefined,
        creationTimestamp: TIME,
        managedFields: updateManagedFields({
          schema: kind?.schema as StructSchema,
          apiVersion: object.apiVersion,
          before: undefined,
          after: rules === null || rules === undefined ? others : { ...others, rules },
          manager: this.#manager,
          time: TIME,
          subresource: '',
        }),
      },
    };
    return printObject(this.#finish(key, copy), Number(PLACEHOLDER.revision));
  }
}
