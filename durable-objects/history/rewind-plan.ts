/** The plan of a rewind: the wishes of an earlier revision, compared with the present ones. */
import type { Kinds } from '../../kube/kinds/registry.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, type KeyParts, parseKey } from '../../kube/machinery/resource.ts';
import type { RewindAction } from '../../wire/history.ts';
import type { Store } from '../store/store.ts';
import { isBuiltIn } from './built-in.ts';
import { desiredOf, isDesired, isOver, sameWish } from './desired.ts';
import { differingFields } from './diff.ts';
import { isInScope, type Scope } from './options.ts';
import { RANK_COUNT, rankOf } from './order.ts';
import type { MayRead } from './rights.ts';

export interface PlanPorts {
  store: Store;
  kinds: Kinds;
  /** Lets other requests in between. */
  pause(): Promise<void>;
}

export interface Planned extends RewindAction {
  key: Key;
  /** Its place: deletes come first, of what depends on others before the others. */
  place: string;
}

/** Keys that are looked at between two pauses. */
const PIECE = 100;

export async function planRewind(
  revision: number,
  scope: Scope,
  mayRead: MayRead,
  { store, kinds, pause }: PlanPorts,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (let after = ''; ; ) {
    const keys = store.history.changedSince(revision, after, PIECE);
    for (const key of keys) {
      const parts = parseKey(key);
      if (!isInScope(scope, parts) || !mayRead(parts, revision) || !kinds.preferred(parts.resource)) continue;
      const action = actionOf(parts, stateAt(store, key, revision), stateAt(store, key));
      if (action) planned.push({ ...action, key, place: placeOf(action) });
    }
    after = keys.at(-1) ?? after;
    if (keys.length < PIECE) return inOrder(planned);
    await pause();
  }
}

function stateAt(store: Store, key: Key, revision?: number): KubeObject | undefined {
  const stored = revision === undefined ? store.get(key) : store.getAt(key, revision, true);
  return stored && (parseExact(stored.text) as KubeObject);
}

/** undefined where nothing is to be done. */
export function actionOf(
  key: KeyParts,
  then: KubeObject | undefined,
  now: KubeObject | undefined,
): RewindAction | undefined {
  const wanted = then && isDesired(key, then) ? then : undefined;
  const tell = (action: RewindAction['action'], { kind, apiVersion }: KubeObject): RewindAction => ({
    action,
    ...key,
    kind,
    apiVersion,
  });
  if (!now) return wanted && !isOver(key, wanted) ? tell('create', wanted) : undefined;
  if (wanted) {
    if (now.metadata.deletionTimestamp) return isOver(key, wanted) ? undefined : tell('create', wanted);
    if (!isDesired(key, now) || sameWish(key, wanted, now)) return undefined;
    const fields = differingFields(desiredOf(key, now), desiredOf(key, wanted));
    return { ...tell('update', now), fields };
  }
  // An object that belonged to a controller then, and is there still, is left to that controller.
  const isLeft = then !== undefined && !then.metadata.deletionTimestamp;
  return isLeft || !isDesired(key, now) || isBuiltIn(key, now) ? undefined : tell('delete', now);
}

function placeOf({ action, resource, namespace, name }: RewindAction): string {
  const rank = action === 'delete' ? RANK_COUNT - rankOf(resource) : 100 + rankOf(resource);
  return `${String(rank).padStart(3, '0')} ${resource}/${namespace}/${name}`;
}

/** The objects of a namespace that goes, go with it. */
function inOrder(planned: readonly Planned[]): Planned[] {
  const going = new Set(
    planned.filter(({ action, resource }) => action === 'delete' && resource === 'namespaces').map(({ name }) => name),
  );
  return planned
    .filter(({ action, namespace }) => action !== 'delete' || !going.has(namespace))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
}
