/**
 * Discovery where other API servers answer for some of the group versions (kube-aggregator `pkg/apiserver/
 * handler_{apis,discovery}.go`): those are merged into the documents by the priorities of their APIServices.
 */

import { groupPriority } from '../../kinds/apiregistration/local.ts';
import type { KindDescriptor } from '../../kinds/define.ts';
import { isObject } from '../json-object.ts';
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
  const form = asked === '/apis' ? aggregatedForm(accept) : undefined;
  const ofKinds = cache.get(remote) ?? new WeakMap<Kinds, Map<string, DiscoveryAnswer>>();
  cache.set(remote, ofKinds);
  const answers = ofKinds.get(kinds) ?? new Map<string, DiscoveryAnswer>();
  ofKinds.set(kinds, answers);
  const key = `${form?.version ?? ''} ${path}`;
  const known = answers.get(key) ?? makeAnswer(kinds, remote, group, form?.version);
  if (known) answers.set(key, known);
  return known;
}

function makeAnswer(
  kinds: Kinds,
  remote: Remote,
  group: string | undefined,
  form: AggregatedVersion | undefined,
): DiscoveryAnswer | undefined {
  const elsewhere = byName(remote);
  const own = kinds.filter(({ group, version }) => !elsewhere.has(`${group}/${version}`));
  if (form) return { isAggregated: true, body: JSON.stringify(aggregatedList(own, remote, form)) };
  const groups = mergedGroups(own, remote);
  const versions = groups.find(([name]) => name === group)?.[1];
  if (group !== undefined && !versions) return undefined;
  const document =
    group !== undefined && versions
      ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
      : { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(([name, all]) => groupOf(name, all)) };
  return { isAggregated: false, body: JSON.stringify(document) };
}

function byName(remote: Remote): ReadonlyMap<string, RemoteVersion> {
  return new Map(remote.map((one) => [`${one.group}/${one.version}`, one]));
}

/** Groups by their priority and name, each with its versions by theirs. */
function mergedGroups(own: Kinds, remote: Remote): [group: string, versions: string[]][] {
  const groups = new Map([...groupVersions(own)].filter(([group]) => group !== ''));
  const priorities = new Map([...groups.keys()].map((group) => [group, groupPriority(group)]));
  const ownGroups = new Set(groups.keys());
  const isOwn = (group: string): boolean => ownGroups.has(group);
  for (const { group, version, groupPriority } of remote) {
    const versions = groups.get(group);
    if (versions) versions.push(version);
    else groups.set(group, [version]);
    priorities.set(group, Math.max(priorities.get(group) ?? 0, groupPriority));
  }
  const names = [...groups.keys()];
  const order = new Map(names.map((name, at) => [name, at]));
  names.sort((a, b) => {
    const difference = (priorities.get(b) ?? 0) - (priorities.get(a) ?? 0);
    if (difference !== 0) return difference;
    // Own groups are in their order already.
    if (isOwn(a) && isOwn(b)) return (order.get(a) ?? 0) - (order.get(b) ?? 0);
    return a < b ? -1 : 1;
  });
  const elsewhere = byName(remote);
  const rank = (group: string, version: string): number =>
    elsewhere.get(`${group}/${version}`)?.versionPriority ?? OWN_VERSION;
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
  const elsewhere = byName(remote);
  const items = new Map(list.items.map((item) => [item.metadata.name, item]));
  return {
    ...list,
    items: mergedGroups(own, remote).map(([name, versions]) => ({
      metadata: { name },
      versions: versions.map(
        (version) =>
          remoteItem(elsewhere.get(`${name}/${version}`)) ??
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
    if (Array.isArray(resources)) return resources.flatMap(resourceOf);
  }
  return undefined;
}

/** The resources of a document of that version alone (meta/v1 APIResourceList). */
export function listedResources(document: unknown): object[] | undefined {
  const { kind, resources } = fieldsOf(document);
  // Go prints a list that was never made as null.
  const none = kind === 'APIResourceList' ? [] : undefined;
  const list = resources ?? none;
  return Array.isArray(list) ? aggregate(list.flatMap(entryOf)) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Lists that may be left out, of those that are there. */
function optional<N extends string>(fields: Fields, ...names: N[]): { [M in N]?: string[] } {
  const given = names.filter((name) => Array.isArray(fields[name])).map((name) => [name, textsOf(fields[name])]);
  return Object.fromEntries(given) as { [M in N]?: string[] };
}

function entryOf(value: unknown): ResourceEntry[] {
  const fields = fieldsOf(value);
  const name = textOf(fields.name);
  if (name === '') return [];
  const { group, version, kind, singularName, namespaced, verbs } = fields;
  return [
    {
      name,
      singularName: textOf(singularName),
      namespaced: namespaced === true,
      group: textOf(group),
      version: textOf(version),
      kind: textOf(kind),
      verbs: textsOf(verbs),
      ...optional(fields, 'shortNames', 'categories'),
    },
  ];
}

/** The fields that Go's types have of it: clients decode them, and others cost all who keep the document. */
function resourceOf(value: unknown): object[] {
  const fields = fieldsOf(value);
  const resource = textOf(fields.resource);
  if (resource === '') return [];
  const { responseKind, scope, singularResource, verbs, subresources } = fields;
  return [
    {
      resource,
      responseKind: kindOf(responseKind),
      scope: textOf(scope),
      singularResource: textOf(singularResource),
      verbs: textsOf(verbs),
      ...optional(fields, 'shortNames', 'categories'),
      ...(Array.isArray(subresources) && { subresources: subresources.flatMap(subresourceOf) }),
    },
  ];
}

function subresourceOf(value: unknown): object[] {
  const { subresource, responseKind, acceptedTypes, verbs } = fieldsOf(value);
  if (typeof subresource !== 'string') return [];
  const accepted = Array.isArray(acceptedTypes) ? { acceptedTypes: acceptedTypes.map(kindOf) } : {};
  return [{ subresource, responseKind: kindOf(responseKind), ...accepted, verbs: textsOf(verbs) }];
}

/** Old clients do not bear one that is missing. */
function kindOf(value: unknown): object {
  const { group, version, kind } = fieldsOf(value);
  return { group: textOf(group), version: textOf(version), kind: textOf(kind) };
}
