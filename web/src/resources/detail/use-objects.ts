/** Live objects for as long as they are looked at. Kinds that the page has anyway are not subscribed to again. */
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cluster } from '../../api/cluster.ts';
import { Collection } from '../../api/collection.ts';
import { type ApiResource, groupResource, pathOf } from '../../api/discovery.ts';

/** The collections that a cluster keeps, by kind. */
export function keptBy(cluster: Cluster, name: string): Collection<KubeObject> | undefined {
  const kept: Readonly<Record<string, unknown>> = {
    pods: cluster.pods,
    nodes: cluster.nodes,
    'deployments.apps': cluster.deployments,
    'replicasets.apps': cluster.replicaSets,
    'statefulsets.apps': cluster.statefulSets,
    'daemonsets.apps': cluster.daemonSets,
  };
  return kept[name] as Collection<KubeObject> | undefined;
}

/** One object, whole. */
export function useObject(cluster: Cluster, resource: ApiResource, namespace: string, name: string) {
  const [collection, setCollection] = useState<Collection<KubeObject>>();
  useEffect(() => {
    const path = `${pathOf(resource, namespace)}?${new URLSearchParams({ fieldSelector: `metadata.name=${name}` })}`;
    const opened = new Collection<KubeObject>(cluster.connection, path);
    setCollection(opened);
    return () => opened.close();
  }, [cluster, resource]);
  return collection;
}

/** All objects of some kinds: of the namespace, where they are in one. */
export function useSources(
  cluster: Cluster,
  kinds: readonly ApiResource[],
  names: readonly string[],
  namespace: string,
) {
  const [sources, setSources] = useState<ReadonlyMap<string, Collection<KubeObject>>>(new Map());
  useEffect(() => {
    const opened: Collection<KubeObject>[] = [];
    const found = names.flatMap((name): [string, Collection<KubeObject>][] => {
      const kept = keptBy(cluster, name);
      if (kept) return [[name, kept]];
      const resource = kinds.find((kind) => groupResource(kind) === name);
      if (!resource?.verbs.includes('watch')) return [];
      const collection = new Collection<KubeObject>(cluster.connection, pathOf(resource, namespace || undefined));
      opened.push(collection);
      return [[name, collection]];
    });
    setSources(new Map(found));
    return () => {
      for (const collection of opened) collection.close();
    };
  }, [cluster, kinds, names.join()]);
  return (name: string): KubeObject[] => [...(sources.get(name)?.objects.value.values() ?? [])];
}
