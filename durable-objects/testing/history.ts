/** The history of a cluster, read from its store, for statements that must hold at each revision and not only in the end. */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { TestCluster } from './cluster.ts';

export interface Written<T extends KubeObject = KubeObject> {
  revision: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** `pods/default/x` */
  key: string;
  resource: string;
  /** The user, or the controller, that wrote. */
  by: string;
  /** undefined for a create. */
  before: T | undefined;
  /** undefined for a delete. */
  after: T | undefined;
}

type Row = { revision: number; at: number; change: string; key: string; cause: string; text: string };

/** Objects by key, at one revision. */
export type State = ReadonlyMap<string, KubeObject>;

/** Each write of the log after a revision, in order, with the state of the cluster once it is done. */
export function* history(cluster: TestCluster, after = 0): Generator<{ written: Written; state: State }> {
  const state = new Map<string, KubeObject>();
  const rows = cluster.database
    .prepare('SELECT revision, at, change, key, cause, text FROM log ORDER BY revision')
    .iterate();
  for (const row of rows as Iterable<unknown>) {
    const { revision, at, change, key, cause, text } = row as Row;
    const before = state.get(key);
    const object = change === 'delete' ? undefined : (JSON.parse(text) as KubeObject);
    if (object) state.set(key, object);
    else state.delete(key);
    if (revision <= after) continue;
    const resource = key.slice(0, key.indexOf('/'));
    yield {
      written: { revision, at, key, resource, by: writer(JSON.parse(cause) as Cause), before, after: object },
      state,
    };
  }
}

function writer(cause: Cause): string {
  return cause.kind === 'request' ? cause.user : cause.kind === 'controller' ? cause.name : cause.why;
}

/** The objects of a resource in a state. */
export function allOf<T extends KubeObject>(state: State, resource: string): T[] {
  const found: T[] = [];
  for (const [key, object] of state) if (key.startsWith(`${resource}/`)) found.push(object as T);
  return found;
}

/** The controller of an object has this uid. */
export function isControlledBy(uid: string | undefined, { metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;
}
