/** The kinds that a cluster serves, from its aggregated discovery documents (`apidiscovery.k8s.io/v2`). */

export interface ApiResource {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** As in paths: `deployments`. */
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  /** By name: `scale`, `log`. */
  subresources: readonly string[];
}

interface DiscoveredResource {
  resource: string;
  responseKind?: { kind?: string } | null;
  scope: 'Namespaced' | 'Cluster';
  singularResource: string;
  verbs?: string[] | null;
  shortNames?: string[] | null;
  categories?: string[] | null;
  subresources?: { subresource: string }[] | null;
}

export interface GroupDiscoveryList {
  items: {
    metadata: { name?: string };
    versions?: { version: string; freshness?: string; resources?: DiscoveredResource[] | null }[];
  }[];
}

export const DISCOVERY_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Each kind in its group's preferred version, or in the first that has it. */
export function readDiscovery(documents: readonly GroupDiscoveryList[]): ApiResource[] {
  const found = new Map<string, ApiResource>();
  for (const { metadata, versions } of documents.flatMap(({ items }) => items)) {
    const group = metadata.name ?? '';
    for (const { version, resources } of versions ?? []) {
      for (const resource of resources ?? []) {
        const id = `${group}/${resource.resource}`;
        if (!found.has(id)) found.set(id, resourceOf(group, version, resource));
      }
    }
  }
  return [...found.values()];
}

function resourceOf(group: string, version: string, discovered: DiscoveredResource): ApiResource {
  const { resource, responseKind, scope, singularResource, verbs, shortNames, categories, subresources } = discovered;
  return {
    group,
    version,
    plural: resource,
    singular: singularResource || resource,
    kind: responseKind?.kind ?? resource,
    namespaced: scope === 'Namespaced',
    verbs: verbs ?? [],
    shortNames: shortNames ?? [],
    categories: categories ?? [],
    subresources: (subresources ?? []).map(({ subresource }) => subresource),
  };
}

/** As addresses name it: `apps/v1/deployments`, `v1/pods`. */
export function idOf({ group, version, plural }: Pick<ApiResource, 'group' | 'version' | 'plural'>): string {
  return group === '' ? `${version}/${plural}` : `${group}/${version}/${plural}`;
}

/** As kubectl names it where the short name would not do: `deployments.apps`, `pods`. */
export function groupResource({ group, plural }: Pick<ApiResource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/**
 * An address may name a version that is not the preferred one any more: the kind is found by its group and plural. One
 * that names neither group nor version finds a kind of the core group first.
 */
export function findResource(resources: readonly ApiResource[], id: string): ApiResource | undefined {
  const parts = id.split('/');
  const plural = parts.at(-1);
  const group = parts.length > 2 ? parts[0] : '';
  const named = resources.filter((one) => one.plural === plural);
  return (
    named.find((one) => idOf(one) === id) ??
    named.find((one) => one.group === group) ??
    (parts.length === 1 ? named[0] : undefined)
  );
}

export function findKind(resources: readonly ApiResource[], apiVersion: string, kind: string): ApiResource | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return resources.find((resource) => resource.kind === kind && resource.group === group);
}

/** The path of the list of a namespace, or of all; or of one object. */
export function pathOf(
  { group, version, plural, namespaced }: Pick<ApiResource, 'group' | 'version' | 'plural' | 'namespaced'>,
  namespace?: string,
  name?: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${plural}${name ? `/${encodeURIComponent(name)}` : ''}`;
}
