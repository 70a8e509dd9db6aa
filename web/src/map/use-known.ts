/** The objects of the map, live for as long as it is looked at. Kinds that the page has anyway are not watched again. */
import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { Collection, keyOf } from '../api/collection.ts';
import { type ApiResource, groupResource, pathOf } from '../api/discovery.ts';
import { LiveList } from '../api/live-list.ts';
import { keptBy } from '../resources/detail/use-objects.ts';
import type { Known } from './graph.ts';
import { kindOfMap, watchedKinds } from './kinds.ts';

export interface KnownObjects {
  known: ReadonlyMap<string, Known>;
  /** Kinds that the server does not give. */
  refused: readonly string[];
}

interface Asked {
  cluster: Cluster;
  kinds: readonly ApiResource[];
  /** All when left out. */
  namespace: string | undefined;
  hidden: ReadonlySet<string>;
  /** The kind of the object that the map is about. */
  about?: string | undefined;
}

/** Changes come together: a rollout is many of them. */
const EVERY_MS = 150;
/** Objects; and how often a map of more is drawn. */
const LARGE = 2_000;
const LARGE_EVERY_MS = 600;

/** Undefined until all lists are there once. */
export function useKnown({ cluster, kinds, namespace, hidden, about }: Asked): KnownObjects | undefined {
  const [found, setFound] = useState<KnownObjects>();
  const watched = watchedKinds(kinds, hidden, about);
  const names = watched.map((kind) => groupResource(kind)).join();
  useEffect(() => {
    setFound(undefined);
    const ends: (() => void)[] = [];
    const lists = new Map(
      watched.map((kind): [string, LiveList<KubeObject>] => {
        const kept = keptBy(cluster, groupResource(kind));
        const list = kept ?? listOf(cluster, kind, namespace);
        if (!kept) ends.push(() => list.close());
        return [groupResource(kind), list];
      }),
    );
    const draw = (): void => {
      const all = [...lists];
      if (all.every(([, list]) => list.complete.peek() || list.problem.peek())) setFound(read(lists, namespace));
    };
    let timer: number | undefined;
    const stop = effect(() => {
      for (const list of lists.values()) void [list.items.value, list.complete.value, list.problem.value];
      timer ??= window.setTimeout(() => {
        timer = undefined;
        draw();
      }, waitOf(lists));
    });
    return () => {
      stop();
      window.clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [cluster, names, namespace]);
  return found;
}

function waitOf(lists: ReadonlyMap<string, LiveList<KubeObject>>): number {
  const count = [...lists.values()].reduce((sum, list) => sum + list.items.peek().size, 0);
  return count > LARGE ? LARGE_EVERY_MS : EVERY_MS;
}

function listOf({ connection }: Cluster, kind: ApiResource, namespace: string | undefined): LiveList<KubeObject> {
  const path = pathOf(kind, namespace);
  if (!kindOfMap(groupResource(kind))?.bare) return new Collection<KubeObject>(connection, path);
  return new LiveList<KubeObject>(connection, path, {
    as: 'metadata',
    read: (told) => {
      const object = told as KubeObject;
      const { resourceVersion, annotations } = object.metadata;
      return { items: [[keyOf(object), object]], resourceVersion, annotations };
    },
  });
}

function read(lists: ReadonlyMap<string, LiveList<KubeObject>>, namespace: string | undefined): KnownObjects {
  const refused: string[] = [];
  const known = new Map<string, Known>();
  for (const [name, list] of lists) {
    if (list.problem.peek()) refused.push(name);
    const objects = [...list.items.peek().values()].filter(
      // Lists that the page keeps are of all namespaces.
      ({ metadata }) => !namespace || !metadata.namespace || metadata.namespace === namespace,
    );
    known.set(name, { objects, complete: list.complete.peek() && !list.problem.peek() });
  }
  return { known, refused };
}
