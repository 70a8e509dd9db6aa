/** The kinds that the cluster serves, from its aggregated discovery, and the kind that a word means. */
import { CommandError } from '../errors.ts';
import type { Client } from './client.ts';

export interface Mapping {
  group: string;
  version: string;
  kind: string;
  /** Plural, as in paths. */
  resource: string;
  singular: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
  subresources: readonly string[];
}

interface Document {
  items?: {
    metadata?: { name?: string };
    versions?: { version: string; resources?: Listed[] }[];
  }[];
}

interface Listed {
  resource: string;
  scope: string;
  singularResource?: string;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
  responseKind?: { group?: string; version?: string; kind?: string };
  subresources?: { subresource: string }[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export class Discovery {
  readonly #client: Client;
  #mappings: Promise<readonly Mapping[]> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Every kind in every version: groups in the server's order, the version that it prefers first. */
  all(): Promise<readonly Mapping[]> {
    this.#mappings ??= this.#load();
    return this.#mappings;
  }

  async #load(): Promise<readonly Mapping[]> {
    const documents = await Promise.all(
      ['/api', '/apis'].map((path) => this.#client.json<Document>(path, { accept: ACCEPT })),
    );
    return documents.flatMap((document) => (document.items ?? []).flatMap(mappingsOf));
  }

  /** The first version of each kind. */
  async preferred(): Promise<Mapping[]> {
    const seen = new Set<string>();
    return (await this.all()).filter(({ group, resource }) => {
      const key = `${group}/${resource}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  /** Of `TYPE[.VERSION][.GROUP]`: plural, singular, short name or kind. */
  async find(word: string): Promise<Mapping> {
    const found = match(await this.all(), word);
    if (found) return found;
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`);
  }

  /** The kind of an object. */
  async ofKind(apiVersion: string, kind: string): Promise<Mapping | undefined> {
    const { group, version } = splitApiVersion(apiVersion);
    const all = await this.all();
    return all.find((each) => each.group === group && each.version === version && each.kind === kind);
  }

  /** The kinds of a category, such as `all`. */
  async category(word: string): Promise<Mapping[]> {
    return (await this.preferred()).filter(({ categories }) => categories.includes(word));
  }
}

function mappingsOf({ metadata, versions = [] }: NonNullable<Document['items']>[number]): Mapping[] {
  return versions.flatMap(({ version, resources = [] }) =>
    resources.map((listed) => ({
      group: metadata?.name ?? '',
      version,
      kind: listed.responseKind?.kind ?? '',
      resource: listed.resource,
      singular: listed.singularResource ?? '',
      namespaced: listed.scope === 'Namespaced',
      shortNames: listed.shortNames ?? [],
      categories: listed.categories ?? [],
      verbs: listed.verbs ?? [],
      subresources: (listed.subresources ?? []).map(({ subresource }) => subresource),
    })),
  );
}

function match(all: readonly Mapping[], text: string): Mapping | undefined {
  const [head = '', ...rest] = text.split('.');
  const word = head.toLowerCase();
  const group = rest.join('.');
  const [version = '', ...others] = rest;
  const versionGroup = others.join('.');
  const named = (mapping: Mapping): boolean =>
    mapping.resource === word || mapping.singular === word || mapping.kind.toLowerCase() === word;
  const short = (mapping: Mapping): boolean => mapping.shortNames.includes(word);
  for (const fits of [named, short]) {
    const found = all.filter(fits);
    if (rest.length === 0 && found[0]) return found[0];
    if (rest.length === 0) continue;
    const versioned = found.find((each) => each.version === version && each.group === versionGroup);
    const grouped = found.find((each) => each.group === group || each.group.startsWith(`${group}.`));
    if (versioned ?? grouped) return versioned ?? grouped;
  }
  return undefined;
}

export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function apiVersionOf({ group, version }: Pick<Mapping, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `/api/v1/namespaces/default/pods/web/log` */
export function pathOf(mapping: Mapping, namespace: string, name?: string, subresource?: string): string {
  const root = mapping.group === '' ? `/api/${mapping.version}` : `/apis/${mapping.group}/${mapping.version}`;
  const within = mapping.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const rest = [name, subresource].filter((each) => each !== undefined && each !== '') as string[];
  return [`${root}${within}/${mapping.resource}`, ...rest.map(encodeURIComponent)].join('/');
}

/** `deployments.apps` */
export function groupResource({ resource, group }: Pick<Mapping, 'resource' | 'group'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}
