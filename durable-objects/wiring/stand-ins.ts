import type { Key } from '../../kube/machinery/resource.ts';
import type { SqliteStore } from '../store/mvcc.ts';
import type { ListQuery } from '../store/store.ts';

/** The controllers' reader: objects that cannot be opened are listed as stand-ins, or controllers could not go on. */
export function readerWithStandIns(store: SqliteStore) {
  return {
    get revision() {
      return store.revision;
    },
    bootstrapRevision: store.bootstrapRevision,
    get: (key: Key) => store.get(key),
    list: (query: ListQuery) => store.list({ ...query, standIns: true }),
    count: (prefix: string) => store.count(prefix),
  };
}
