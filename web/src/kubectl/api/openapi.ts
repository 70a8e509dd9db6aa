/** The cluster's OpenAPI v3 schemas: what `explain` tells and how lists are merged. */
import type { Client } from './client.ts';
import { apiVersionOf, type Mapping } from './discovery.ts';

export interface Schema {
  description?: string;
  type?: string;
  format?: string;
  default?: unknown;
  enum?: unknown[];
  required?: string[];
  $ref?: string;
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
}

interface Document {
  components?: { schemas?: Record<string, Schema> };
  paths?: Record<string, unknown>;
}

/** The schemas of one group and version. */
export class Schemas {
  readonly #all: Readonly<Record<string, Schema>>;

  constructor(document: Document) {
    this.#all = document.components?.schemas ?? {};
  }

  ofKind({ group, version, kind }: Pick<Mapping, 'group' | 'version' | 'kind'>): Schema | undefined {
    return Object.values(this.#all).find((schema) =>
      schema['x-kubernetes-group-version-kind']?.some(
        (each) => each.group === group && each.version === version && each.kind === kind,
      ),
    );
  }

  /** The schema itself where the given one is a reference, with what stands beside the reference. */
  resolve(schema: Schema): Schema {
    const [only] = schema.allOf ?? [];
    const reference = schema.$ref ?? only?.$ref;
    if (!reference) return schema;
    const found = this.#all[reference.replace('#/components/schemas/', '')] ?? {};
    const { allOf: _, $ref: __, ...beside } = schema;
    return { ...this.resolve(found), ...beside };
  }

  /** The name of the type that a schema refers to, without its package. */
  nameOf(schema: Schema): string | undefined {
    const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
    return reference?.replace('#/components/schemas/', '').split('.').at(-1);
  }
}

const cached = new WeakMap<object, Map<string, Promise<Schemas>>>();

export function schemasOf(
  client: Client,
  cacheKey: object,
  mapping: Pick<Mapping, 'group' | 'version'>,
): Promise<Schemas> {
  const version = apiVersionOf(mapping);
  const path = mapping.group === '' ? `/openapi/v3/api/${version}` : `/openapi/v3/apis/${version}`;
  const kept = cached.get(cacheKey) ?? new Map<string, Promise<Schemas>>();
  cached.set(cacheKey, kept);
  // Definitions may change at any time; the built-in groups do not.
  const isBuiltIn = mapping.group === '' || !mapping.group.includes('.') || mapping.group.endsWith('.k8s.io');
  const known = isBuiltIn ? kept.get(path) : undefined;
  if (known) return known;
  const loading = client.json<Document>(path).then((document) => new Schemas(document));
  loading.catch(() => kept.delete(path));
  kept.set(path, loading);
  return loading;
}
