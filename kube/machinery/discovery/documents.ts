/**
 * The discovery documents: `/api`, `/apis`, `/apis/{group}`, `/apis/{group}/{version}` (meta/v1), and the aggregated
 * form of the first two (`apidiscovery.k8s.io`, apiserver `endpoints/discovery/aggregated`).
 */
import type { KindDescriptor } from '../../kinds/define.ts';
import { groupVersions, type ResourceEntry, resourceEntries } from './resources.ts';

type Kinds = readonly KindDescriptor[];

/** `/api`. `serverAddress` is host and port, as upstream's; clients do not use it. */
export function apiVersions(serverAddress: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** `/apis`: all groups but the legacy one. */
export function apiGroupList(kinds: Kinds): object {
  const groups = [...groupVersions(kinds)].filter(([group]) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(([name, versions]) => groupOf(name, versions)) };
}

/** `/apis/{group}`; undefined when there is no such group. */
export function apiGroup(kinds: Kinds, group: string): object | undefined {
  const versions = group === '' ? undefined : groupVersions(kinds).get(group);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) };
}

export function groupOf(name: string, versions: readonly string[]): object {
  const list = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** `/api/v1` (group '') and `/apis/{group}/{version}`; undefined when nothing is served there. */
export function apiResourceList(kinds: Kinds, group: string, version: string): object | undefined {
  const resources = resourceEntries(kinds, group, version);
  if (resources.length === 0) return undefined;
  // Upstream's legacy group is written without the list's own version (`stripVersionEncoder`).
  if (group === '') return { kind: 'APIResourceList', groupVersion: version, resources };
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/${version}`, resources };
}

export type AggregatedVersion = 'v2';

/** The aggregated form of `/api` (`legacy`) or `/apis` (`groups`). */
export function aggregatedDiscovery(kinds: Kinds, of: 'legacy' | 'groups', as: AggregatedVersion): object {
  const groups = [...groupVersions(kinds)].filter(([group]) => (group === '') === (of === 'legacy'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${as}`,
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: aggregate(resourceEntries(kinds, group, version), shownOf(kinds, group, version)),
        freshness: 'Current',
      })),
    })),
  };
}

interface GroupVersion {
  group: string;
  version: string;
}

/** Empty group and version mean the list's own. */
const LISTS_OWN: GroupVersion = { group: '', version: '' };

/** The group and version that kinds have where their entries name none: upstream tells those of custom resources. */
function shownOf(kinds: Kinds, group: string, version: string): GroupVersion {
  const isCustom = kinds.some((kind) => kind.custom && kind.group === group && kind.version === version);
  return isCustom ? { group, version } : LISTS_OWN;
}

/** The aggregated form of the resources of one version. */
export function aggregate(entries: readonly ResourceEntry[], shown = LISTS_OWN): object[] {
  const [resources, below] = [[] as ResourceEntry[], new Map<string, ResourceEntry[]>()];
  for (const entry of entries) {
    const slash = entry.name.indexOf('/');
    if (slash < 0) {
      resources.push(entry);
      continue;
    }
    const name = entry.name.slice(0, slash);
    const others = below.get(name);
    if (others) others.push(entry);
    else below.set(name, [entry]);
  }
  return resources.map((entry) => {
    const subresources = below.get(entry.name) ?? [];
    return {
      resource: entry.name,
      responseKind: responseKind(entry, shown),
      scope: entry.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: entry.singularName,
      verbs: entry.verbs,
      ...(entry.shortNames && { shortNames: entry.shortNames }),
      ...(entry.categories && { categories: entry.categories }),
      ...(subresources.length > 0 && { subresources: subresources.map((sub) => aggregateSubresource(sub, shown)) }),
    };
  });
}

function aggregateSubresource(entry: ResourceEntry, shown: GroupVersion): object {
  const subresource = entry.name.slice(entry.name.indexOf('/') + 1);
  return { subresource, responseKind: responseKind(entry, shown), verbs: entry.verbs };
}

function responseKind({ group, version, kind }: ResourceEntry, shown: GroupVersion): object {
  return { group: group ?? shown.group, version: version ?? shown.version, kind };
}
