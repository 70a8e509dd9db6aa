import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { ReadPort } from '../../controllers/runtime/ports.ts';
import type { Snapshot } from './snapshot.ts';

/** Objects that plugins read beside nodes and pods: owners, Services, claims, namespaces. Parsed once in each slice. */
export function reader(read: ReadPort): Pick<Snapshot, 'lookup' | 'list'> & { clear(): void } {
  const objects = new Map<string, KubeObject | undefined>();
  const lists = new Map<string, KubeObject[]>();
  return {
    lookup(key) {
      if (!objects.has(key)) {
        const stored = read.get(key);
        objects.set(key, stored && parseExact<KubeObject>(stored.text));
      }
      return objects.get(key);
    },
    list(prefix) {
      let list = lists.get(prefix);
      if (!list) {
        list = [];
        let after: string | undefined;
        do {
          const page = read.list({ prefix, limit: 500, ...(after === undefined ? {} : { after }) });
          for (const item of page.items) list.push(parseExact<KubeObject>(item.text));
          after = page.next;
        } while (after !== undefined);
        lists.set(prefix, list);
      }
      return list;
    },
    clear() {
      objects.clear();
      lists.clear();
    },
  };
}
