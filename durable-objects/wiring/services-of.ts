/** The Services of a store, as the simulated load balancers look at them. */
import { keyOf, keyPrefix } from '../../kube/machinery/resource.ts';
import type { Service } from '../../kube/types.ts';
import type { Store } from '../store/store.ts';

export function servicesOf(store: Store) {
  return {
    get revision() {
      return store.revision;
    },
    *services(): Generator<Service> {
      for (const { text } of store.scan({ prefix: keyPrefix('services') })) {
        // Most have none, and need not be parsed.
        if (text.includes('"ingress":[')) yield JSON.parse(text) as Service;
      }
    },
    find(namespace: string, name: string): Service | undefined {
      const found = store.get(keyOf('services', namespace, name));
      return found && (JSON.parse(found.text) as Service);
    },
  };
}
