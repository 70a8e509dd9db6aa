/**
 * A namespace that was deleted may have been made anew for others, who have no right to what was in the one before: its
 * past is for those alone who may read the resource in all namespaces.
 */
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Store } from '../store/store.ts';
import { type Attributes, type Authorizer, forbiddenBy } from './authz/attributes.ts';

/** The revision at which the namespace of now was made; infinite where there is none. */
export function madeAt(store: Store, namespace: string): number {
  const now = store.get(keyOf('namespaces', '', namespace));
  if (!now) return Number.POSITIVE_INFINITY;
  let { revision } = now;
  for (;;) {
    const entry = store.at(revision);
    // Of one that has gone from the log, no earlier namespace can be looked at.
    if (!entry) return 0;
    if (entry.change !== 'update') return revision;
    revision = entry.previous;
  }
}

/** Throws 403 for a look into an earlier namespace of the name by a user who may not look into all. */
export function checkPastNamespace(attributes: Attributes, at: number, store: Store, authorize: Authorizer): void {
  const { namespace, resource } = attributes;
  if (namespace === '' || resource === 'namespaces' || at >= madeAt(store, namespace)) return;
  if (!store.getAt(keyOf('namespaces', '', namespace), at, true)) return;
  const everywhere = { ...attributes, namespace: '' };
  const decision = authorize(everywhere);
  if (!decision.allowed) throw forbiddenBy(everywhere, decision.reason);
}
