/** The kinds of a cluster and their schemas, from its own discovery and OpenAPI documents: custom kinds too. */
import type { Api } from '../../api/request.ts';
import type { Definitions, Schema } from './schema.ts';

export interface Kind {
  apiVersion: string;
  kind: string;
  /** Plural. */
  resource: string;
  namespaced: boolean;
  verbs: readonly string[];
}

export interface KindSchema {
  schema: Schema;
  definitions: Definitions;
}

interface Discovery {
  items: {
    metadata?: { name?: string };
    versions?: {
      version: string;
      resources?: {
        resource: string;
        scope: string;
        verbs: string[];
        responseKind?: { group?: string; version?: string; kind: string };
      }[];
    }[];
  }[];
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** Definitions come and go; those that were read are asked for again after as long. */
const FRESH_MS = 10_000;

/** `apps/v1` → `apis/apps/v1`, `v1` → `api/v1`. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

/** The path of an object of the kind, or of its list when no name is given. */
export function objectPath(kind: Kind, namespace: string, name?: string): string {
  const place = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const list = `/${groupPath(kind.apiVersion)}${place}/${kind.resource}`;
  return name === undefined ? list : `${list}/${encodeURIComponent(name)}`;
}

export class Catalog {
  readonly #api: Api;
  readonly #now: () => number;
  readonly #documents = new Map<string, { url: string; definitions: Promise<Definitions> }>();
  #kinds: { read: number; list: Promise<Kind[]> } | undefined;
  #index: { read: number; paths: Promise<Readonly<Record<string, string>>> } | undefined;

  constructor(api: Api, now: () => number = Date.now) {
    this.#api = api;
    this.#now = now;
  }

  kinds(): Promise<Kind[]> {
    const kept = this.#kinds;
    if (kept && this.#now() - kept.read < FRESH_MS) return kept.list;
    const list = this.#readKinds();
    this.#kinds = { read: this.#now(), list };
    list.catch(() => {
      this.#kinds = undefined;
    });
    return list;
  }

  /** A document that was read lately is not read again, unless that is asked for. */
  async kind(apiVersion: string, kind: string, afresh = false): Promise<Kind | undefined> {
    if (afresh) this.#kinds = undefined;
    return (await this.kinds()).find((each) => each.kind === kind && each.apiVersion === apiVersion);
  }

  /** undefined for a kind that the cluster says nothing of. */
  async schema(apiVersion: string, kind: string): Promise<KindSchema | undefined> {
    const path = groupPath(apiVersion);
    const url = (await this.#paths())[path];
    if (url === undefined) return undefined;
    let document = this.#documents.get(path);
    // The address has a hash of what is there.
    if (document?.url !== url) {
      document = { url, definitions: this.#readDefinitions(url) };
      this.#documents.set(path, document);
      document.definitions.catch(() => this.#documents.delete(path));
    }
    const definitions = await document.definitions;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const schema = Object.values(definitions).find((each) =>
      each['x-kubernetes-group-version-kind']?.some(
        (gvk) => gvk.kind === kind && gvk.group === group && gvk.version === version,
      ),
    );
    return schema && { schema, definitions };
  }

  async #readKinds(): Promise<Kind[]> {
    const lists = ['/api', '/apis'].map((path) => this.#api.get<Discovery>(path, { accept: DISCOVERY }));
    return (await Promise.all(lists)).flatMap(({ items }) => items).flatMap(kindsOf);
  }

  #paths(): Promise<Readonly<Record<string, string>>> {
    const kept = this.#index;
    if (kept && this.#now() - kept.read < FRESH_MS) return kept.paths;
    const paths = this.#api
      .get<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')
      .then((index) =>
        Object.fromEntries(Object.entries(index.paths).map(([path, { serverRelativeURL: url }]) => [path, url])),
      );
    this.#index = { read: this.#now(), paths };
    paths.catch(() => {
      this.#index = undefined;
    });
    return paths;
  }

  async #readDefinitions(url: string): Promise<Definitions> {
    const document = await this.#api.get<{ components?: { schemas?: Definitions } }>(url);
    return document.components?.schemas ?? {};
  }
}

function kindsOf({ metadata, versions = [] }: Discovery['items'][number]): Kind[] {
  const group = metadata?.name ?? '';
  return versions.flatMap(({ version, resources = [] }) =>
    resources.map(({ resource, scope, verbs, responseKind }) => ({
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind: responseKind?.kind ?? '',
      resource,
      namespaced: scope === 'Namespaced',
      verbs,
    })),
  );
}
