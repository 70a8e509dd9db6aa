/**
 * The kinds that a cluster serves, live: read again when a definition or an APIService changes. One for all that shows
 * a cluster; it begins when it is first asked for.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { type ApiResource, DISCOVERY_TYPE, type GroupDiscoveryList, readDiscovery } from './discovery.ts';
import { LiveList } from './live-list.ts';

export interface Discovery {
  /** Undefined until they are known. */
  readonly resources: ReadonlySignal<readonly ApiResource[] | undefined>;
  /** Why they are not known. */
  readonly problem: ReadonlySignal<string | undefined>;
}

type Get = (path: string, accept: string) => Promise<GroupDiscoveryList>;

/** Definitions come in rows, when an operator is installed. */
const SETTLE_MS = 200;
/** A definition is served some moments after it is there, and its kind's columns with it. */
const AGAIN_MS = 1_500;

const DEFINING = [
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/apiregistration.k8s.io/v1/apiservices',
];

const known = new WeakMap<Connection, Discovery>();

export function discoveryOf(cluster: Pick<Cluster, 'connection' | 'base'>): Discovery {
  const { connection, base } = cluster;
  const found = known.get(connection) ?? discover(connection, (path, accept) => fetchJson(`${base}${path}`, accept));
  known.set(connection, found);
  return found;
}

async function fetchJson(path: string, accept: string): Promise<GroupDiscoveryList> {
  const response = await fetch(path, { headers: { accept } });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return (await response.json()) as GroupDiscoveryList;
}

export function discover(connection: Connection, get: Get): Discovery {
  const resources = signal<readonly ApiResource[] | undefined>(undefined);
  const problem = signal<string | undefined>(undefined);
  let asked = 0;
  const ask = async (): Promise<void> => {
    const mine = ++asked;
    try {
      const documents = await Promise.all(['/api', '/apis'].map((path) => get(path, DISCOVERY_TYPE)));
      if (mine !== asked) return;
      const read = readDiscovery(documents);
      // The same kinds are the same array: what hangs on them need not be made anew.
      if (JSON.stringify(read) !== JSON.stringify(resources.peek())) resources.value = read;
      problem.value = undefined;
    } catch (error) {
      if (mine === asked) problem.value = (error as Error).message;
    }
  };
  let timers: ReturnType<typeof setTimeout>[] = [];
  const changed = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers = [SETTLE_MS, AGAIN_MS].map((delay) => setTimeout(ask, delay));
  };
  void ask();
  for (const path of DEFINING) {
    // A person who may not see definitions has the kinds as they are now.
    const list = new LiveList<string>(connection, path, { as: 'metadata', read: (object) => readMetadata(object) });
    let before: string | undefined;
    list.items.subscribe((items) => {
      const text = [...items].join();
      if (text === before || !list.complete.peek()) return;
      if (before !== undefined) changed();
      before = text;
    });
  }
  // The service was away, and may have been another one before.
  let wasLive = false;
  connection.state.subscribe((state) => {
    if (state === 'live' && (wasLive || resources.peek() === undefined)) void ask();
    wasLive ||= state === 'live';
  });
  return { resources, problem };
}

/** A definition's generation tells a change of what is served; its conditions, too, whether it is served. */
function readMetadata(object: unknown) {
  const { metadata } = object as {
    metadata: { name?: string; resourceVersion?: string; annotations?: Record<string, string> };
  };
  const { name = '', resourceVersion = '', annotations } = metadata;
  return { items: [[name, resourceVersion]] as const, resourceVersion, annotations };
}
