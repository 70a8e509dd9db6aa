/** The files of the terminal, in this browser's IndexedDB; where that is not to be had, as long as the page lasts. */
import type { Files } from '../ports.ts';

const DATABASE = 'islet.terminal';
const STORE = 'files';

export function keptFiles(): Files {
  const memory = new Map<string, string>();
  const opened = open().catch(() => undefined);
  const run = async <T>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> => {
    const database = await opened;
    if (!database) return undefined;
    const request = ask(database.transaction(STORE, mode).objectStore(STORE));
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  };
  return {
    read: async (name) => (await run<string>('readonly', (store) => store.get(plain(name)))) ?? memory.get(plain(name)),
    write: async (name, text) => {
      memory.set(plain(name), text);
      await run('readwrite', (store) => store.put(text, plain(name)));
    },
    remove: async (name) => {
      const had = memory.delete(plain(name));
      const key = await run('readonly', (store) => store.getKey(plain(name)));
      await run('readwrite', (store) => store.delete(plain(name)));
      return had || key !== undefined;
    },
    list: async () => {
      const keys = (await run('readonly', (store) => store.getAllKeys())) ?? [];
      return [...new Set([...keys.map(String), ...memory.keys()])].sort();
    },
  };
}

/** Of a browser whose person signs out: the next one at it is another, perhaps. */
export async function forgetFiles(): Promise<void> {
  const database = await open();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const clearing = database.transaction(STORE, 'readwrite').objectStore(STORE).clear();
  clearing.onsuccess = () => resolve();
  clearing.onerror = () => reject(clearing.error as Error);
  await promise.finally(() => database.close());
}

/** `./web.yaml` is `web.yaml`. */
function plain(name: string): string {
  return name.replace(/^\.\//, '');
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}
