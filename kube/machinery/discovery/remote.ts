/**
 * Discovery where other API servers answer for some of the group versions (kube-aggregator `pkg/apiserver/
 * handler_{apis,discovery}.go`): those are merged into the documents by the priorities of their APIServices.
 */
import { groupPriority } from '../../kinds/apiregistration/local.ts';
import type { KindDescriptor } from '../../kinds/define.ts';
import { type AggregatedVersion, aggregate, aggregatedDiscovery, groupOf } from './documents.ts';
import { aggregatedForm, type DiscoveryAnswer } from './index.ts';
import { compareVersions, groupVersions, type ResourceEntry } from './resources.ts';

export interface RemoteVersion {
  group: string;
  version: string;
  groupPriority: number;
  versionPriority: number;
  /** As `apidiscovery.k8s.io` has them; undefined where they were never told. */
  resources?: readonly object[];
  isCurrent: boolean;
}

type Kinds = readonly KindDescriptor[];
type Remote = readonly RemoteVersion[];

const cache = new WeakMap<Remote, WeakMap<Kinds, Map<string, DiscoveryAnswer>>>();

/** `/apis` and `/apis/{group}` of a server that has some; undefined for other paths, and what is not served. */
export function mergedDiscovery(
  kinds: Kinds,
  remote: Remote,
  asked: string,
  accept: string | undefined,
): DiscoveryAnswer | undefined {
  const path = asked.endsWith('/') ? asked.slice(0, -1) : asked;
  const [, root, group, more] = path.split('/');
  if (root !== 'apis' || more !== undefined) return undefined;
  const form = group === undefined ? aggregatedForm(accept) : undefined;
  const ofKinds = cache.get(remote) ?? new WeakMap<Kinds, Map<string, DiscoveryAnswer>>();
  cache.set(remote, ofKinds);
  const answers = ofKinds.get(kinds) ?? new Map<string, DiscoveryAnswer>();
  ofKinds.set(kinds, answers);
  const key = `${form ?? ''} ${path}`;
  const known = answers.get(key) ?? makeAnswer(kinds, remote, group, form);
  if (known) answers.set(key, known);
  return known;
}

function makeAnswer(
  kinds: Kinds,
  remote: Remote,
  group: string | undefined,
  form: AggregatedVersion | undefined,
): DiscoveryAnswer | undefined {
  const own = kinds.filter((kind) => !remote.some((one) => one.group === kind.group && one.version === kind.version));
  if (form) {
    return {
      contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
      body: JSON.stringify(aggregatedList(own, remote, form)),
    };
  }
  const groups = mergedGroups(own, remote);
  const versions = groups.find(([name]) => name === group)?.[1];
  if (group !== undefined && !versions) return undefined;
  const document =
    group !== undefined && versions
      ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
      : { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(([name, all]) => groupOf(name, all)) };
  return { contentType: 'application/json', body: JSON.stringify(document) };
}

/** Groups by their priority and name, each with its versions by theirs. */
function mergedGroups(own: Kinds, remote: Remote): [group: string, versions: string[]][] {
  const groups = new Map([...groupVersions(own)].filter(([group]) => group !== ''));
  for (const { group, version } of remote) groups.set(group, [...(groups.get(group) ?? []), version]);
  const priorityOf = (group: string): number =>
    Math.max(
      own.some((kind) => kind.group === group) ? groupPriority(group) : 0,
      ...remote.filter((one) => one.group === group).map((one) => one.groupPriority),
    );
  const names = [...groups.keys()];
  const order = new Map(names.map((name, at) => [name, at]));
  const isOwn = (name: string): boolean => own.some(({ group }) => group === name);
  names.sort((a, b) => {
    const difference = priorityOf(b) - priorityOf(a);
    if (difference !== 0) return difference;
    // Own groups are in their order already.
    if (isOwn(a) && isOwn(b)) return (order.get(a) ?? 0) - (order.get(b) ?? 0);
    return a < b ? -1 : 1;
  });
  const rank = (group: string, version: string): number =>
    remote.find((one) => one.group === group && one.version === version)?.versionPriority ?? OWN_VERSION;
  return names.map((group) => [
    group,
    (groups.get(group) ?? []).sort((a, b) => rank(group, b) - rank(group, a) || compareVersions(a, b)),
  ]);
}

/** The priority of a definition's version. */
const OWN_VERSION = 100;

interface Item {
  metadata: { name?: string };
  versions: { version: string }[];
}

function aggregatedList(own: Kinds, remote: Remote, form: AggregatedVersion): object {
  const list = aggregatedDiscovery(own, 'groups', form) as { items: Item[] };
  const items = new Map(list.items.map((item) => [item.metadata.name, item]));
  return {
    ...list,
    items: mergedGroups(own, remote).map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map(
        (version) =>
          remoteItem(remote.find((one) => one.group === name && one.version === version)) ??
          items.get(name)?.versions.find((one) => one.version === version),
      ),
    })),
  };
}

function remoteItem(remote: RemoteVersion | undefined): object | undefined {
  if (!remote) return undefined;
  const { version, resources, isCurrent } = remote;
  return { version, ...(resources && { resources }), freshness: isCurrent ? 'Current' : 'Stale' };
}

/** The resources of a version in an aggregated document; undefined where it has none. `document` is parsed JSON. */
export function aggregatedResources(document: unknown, group: string, version: string): object[] | undefined {
  const items = (document as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return undefined;
  for (const item of items as (Item | null)[]) {
    if (item?.metadata?.name !== group || !Array.isArray(item.versions)) continue;
    const found = item.versions.find((one) => one?.version === version) as { resources?: unknown } | undefined;
    const resources = found?.resources;
    if (Array.isArray(resources)) return resources.filter(isObject).map(withKinds);
  }
  return undefined;
}

/** The resources of a document of that version alone (meta/v1 APIResourceList). */
export function listedResources(document: unknown): object[] | undefined {
  const resources = (document as { resources?: unknown } | null)?.resources;
  if (!Array.isArray(resources)) return undefined;
  const entries = resources.filter(
    (one): one is ResourceEntry => isObject(one) && typeof (one as Partial<ResourceEntry>).name === 'string',
  );
  return aggregate(
    entries.map((entry) => ({ ...entry, singularName: entry.singularName ?? '', verbs: entry.verbs ?? [] })),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Old clients do not bear one that is missing. */
function withKinds(resource: object): object {
  const { responseKind, subresources } = resource as { responseKind?: object; subresources?: unknown };
  return {
    ...resource,
    responseKind: responseKind ?? EMPTY_KIND,
    ...(Array.isArray(subresources) && {
      subresources: subresources.filter(isObject).map((one) => ({ responseKind: EMPTY_KIND, ...one })),
    }),
  };
}

const EMPTY_KIND = { group: '', version: '', kind: '' };
