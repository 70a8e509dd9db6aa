/** The resources of one group version, as discovery lists them (apiserver `endpoints/installer.go`). */
import { sha256 } from '@noble/hashes/sha2.js';
import type { KindDescriptor } from '../../kinds/define.ts';

export interface ResourceEntry {
  /** `deployments` or `deployments/scale`. */
  name: string;
  singularName: string;
  namespaced: boolean;
  /** Group and version of the kind, where they are not the list's own. */
  group?: string;
  version?: string;
  kind: string;
  verbs: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  /** Of the version in which objects are stored; left out for what is not. */
  storageVersionHash?: string;
}

/** apiserver `endpoints/discovery/storageversionhash.go`: not to be relied on, but to be compared. */
function storageVersionHash({ apiVersion, storedAs, storageVersion, kind }: KindDescriptor): string {
  const stored = storedAs?.apiVersion ?? apiVersion;
  const [version, group = ''] = stored.split('/').reverse();
  const digest = sha256(new TextEncoder().encode(`${group}/${storageVersion ?? version}/${kind}`));
  return btoa(String.fromCharCode(...digest.subarray(0, 8)));
}

const STATUS_VERBS = ['get', 'patch', 'update'];
/** apiextensions `pkg/apiserver/customresource_discovery_controller.go`, in its order. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch'];

function verbsOf({ custom, verbs }: KindDescriptor): readonly string[] {
  if (!custom) return [...verbs].sort();
  return custom.isTerminating ? TERMINATING_VERBS : CUSTOM_VERBS;
}

/**
 * Sorted by name, a resource before its subresources. Those of a custom resource come as upstream lists them, its status
 * before its scale (apiextensions-apiserver `pkg/apiserver/customresource_discovery_controller.go`).
 */
export function resourceEntries(kinds: readonly KindDescriptor[], group: string, version: string): ResourceEntry[] {
  const own = kinds.filter((kind) => kind.group === group && kind.version === version);
  const builtIn = own.filter(({ custom }) => !custom).flatMap(entriesOf);
  const custom = own.filter((kind) => kind.custom).sort((a, b) => (a.plural < b.plural ? -1 : 1));
  return [...builtIn.sort((a, b) => (a.name < b.name ? -1 : 1)), ...custom.flatMap(entriesOf)];
}

function entriesOf(kind: KindDescriptor): ResourceEntry[] {
  const namespaced = kind.scope === 'Namespaced';
  const entry: ResourceEntry = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
  };
  if (kind.shortNames.length > 0) entry.shortNames = kind.shortNames;
  if (kind.categories.length > 0) entry.categories = kind.categories;
  const isStored = kind.custom?.isStorageServed ?? (kind.verbs.includes('create') && kind.verbs.includes('get'));
  if (isStored) entry.storageVersionHash = storageVersionHash(kind);
  const entries = [entry];
  const { status, scale, others } = kind.subresources;
  const add = (name: string, rest: Pick<ResourceEntry, 'kind' | 'verbs' | 'group' | 'version'>): void => {
    entries.push({ name: `${kind.plural}/${name}`, singularName: '', namespaced, ...rest });
  };
  if (status) add('status', { kind: kind.kind, verbs: STATUS_VERBS });
  if (scale) add('scale', { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: STATUS_VERBS });
  for (const [name, { group, version, kind: other, verbs }] of Object.entries(others ?? {})) {
    const foreign =
      group === undefined && version === undefined ? {} : { group: group ?? '', version: version ?? 'v1' };
    add(name, { ...foreign, kind: other, verbs: [...verbs].sort() });
  }
  return entries;
}

/** Groups in the order of the table, each with its versions, the preferred one first. The legacy group is ''. */
export function groupVersions(kinds: readonly KindDescriptor[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version } of kinds) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  for (const versions of groups.values()) versions.sort(compareVersions);
  return groups;
}

/** `v2` before `v1` before `v1beta1` (apimachinery `pkg/version/helpers.go`). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionRank(a), versionRank(b)];
  for (let at = 0; at < left.length; at++) {
    const difference = (right[at] ?? 0) - (left[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionRank(version: string): number[] {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!found) return [0, 0, 0];
  const stage = found[2] === undefined ? 3 : found[2] === 'beta' ? 2 : 1;
  return [stage, Number(found[1]), Number(found[3] ?? 0)];
}
