/** The schemas of all kinds, as upstream publishes them: the fields that are tried are upstream's, not Islet's. */
import type { Json } from '../mutations.ts';

/** A schema of OpenAPI v3, with references resolved where it is read. */
export interface Schema {
  /** The last part of the definition's name: `PodSpec`. */
  name?: string;
  type?: string;
  format?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Json>;
  items?: Json;
  additionalProperties?: Json;
}

export type Definitions = Readonly<Record<string, Json>>;

/** `fetch` gives the JSON at a path. */
export async function loadDefinitions(fetch: (path: string) => Promise<Json>): Promise<Definitions> {
  const { paths } = await fetch('/openapi/v3');
  const all: Record<string, Json> = {};
  for (const [name, { serverRelativeURL }] of Object.entries<{ serverRelativeURL: string }>(paths)) {
    if (!/^apis?\/.*v\d/.test(name)) continue;
    Object.assign(all, (await fetch(serverRelativeURL)).components?.schemas);
  }
  return all;
}

/** The schema of a kind; undefined where it is not served. */
export function schemaOf(definitions: Definitions, apiVersion: string, kind: string): Json | undefined {
  const slash = apiVersion.lastIndexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
  const found = Object.entries(definitions).find(
    ([name, each]) =>
      name.endsWith(`.${kind}`) &&
      each['x-kubernetes-group-version-kind']?.some(
        (one: Json) => one.group === group && one.version === version && one.kind === kind,
      ),
  );
  return found && { $ref: `#/components/schemas/${found[0]}` };
}

export function resolved(definitions: Definitions, schema: Json): Schema {
  const reference = (schema.$ref ?? schema.allOf?.[0]?.$ref) as string | undefined;
  if (!reference) return schema;
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return { ...definitions[name], name: name.slice(name.lastIndexOf('.') + 1) };
}
