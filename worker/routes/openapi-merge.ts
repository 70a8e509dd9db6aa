/** A static OpenAPI document and what a cluster's own kinds add to it, as one. Large files are not parsed for it. */

import { parseExact } from '../../kube/machinery/exact-json.ts';
import { type AggregatedPart, mergeAggregated } from '../../kube/machinery/openapi/aggregated.ts';
import { type OpenApiSchema, REF_PREFIX } from '../../kube/machinery/openapi/definitions.ts';
import type { Swagger } from '../../kube/machinery/openapi/v2.ts';
import { encodeOpenApiV2 } from '../../kube/machinery/openapi/v2-protobuf.ts';
import type { OpenApiV3, OpenApiV3Index } from '../../kube/machinery/openapi/v3.ts';
import { encodeOpenApiV3 } from '../../kube/machinery/openapi/v3-protobuf.ts';
import { endOfString } from '../../kube/machinery/schema/json-size.ts';
import type { WithAggregated } from '../../wire/openapi.ts';
import type { EdgeResponse } from '../env.ts';

/** The index of version 3. */
export async function indexJson(file: EdgeResponse, part: string): Promise<string | undefined> {
  const { paths } = JSON.parse(part) as OpenApiV3Index;
  if (isEmpty(paths)) return undefined;
  const index = (await file.json()) as OpenApiV3Index;
  return JSON.stringify({ paths: { ...index.paths, ...paths } });
}

/** A document of version 3. `file` has the definitions that it shares with others. */
export async function documentJson(file: EdgeResponse, part: string): Promise<string> {
  const document = parseExact<OpenApiV3>(part);
  const shared = (await file.json()) as Record<string, OpenApiSchema>;
  const schemas = { ...usedOf(shared, part), ...document.components.schemas };
  return JSON.stringify({ ...document, components: { schemas } });
}

/** A document of version 3 in protobuf. */
export async function documentProtobuf(json: BodyInit): Promise<Uint8Array> {
  return encodeOpenApiV3(parseExact(await new Response(json).text()));
}

/** The definitions that a text refers to, and those that these refer to. */
function usedOf(shared: Readonly<Record<string, OpenApiSchema>>, text: string): Record<string, OpenApiSchema> {
  const used: Record<string, OpenApiSchema> = {};
  const waiting = [text];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, schema] of Object.entries(shared)) {
      if (name in used || !next.includes(`"${REF_PREFIX.v3}${name}"`)) continue;
      used[name] = schema;
      waiting.push(JSON.stringify(schema));
    }
  }
  return used;
}

/** Version 2. Both are as `JSON.stringify` prints a {@link Swagger}: paths, then definitions, which end it. */
export async function swaggerJson(file: EdgeResponse, part: string): Promise<string | undefined> {
  const start = part.indexOf(PATHS) + PATHS.length;
  // The paths of an aggregated API may hold any fields, so their end is where their bracket closes.
  const middle = endOfObject(part, start);
  const paths = part.slice(start, middle);
  if (paths === '') return undefined;
  const definitions = part.slice(middle + DEFINITIONS.length, -END.length);
  // An aggregated API may have those alone that the cluster has already.
  const more = definitions === '' ? '' : `,${definitions}`;
  const text = await file.text();
  const open = text.indexOf(PATHS) + PATHS.length;
  return `${text.slice(0, open)}${paths},${text.slice(open, -END.length)}${more}${END}`;
}

/** The part of a cluster with those of aggregated APIs in it. `file`: the static document that it is joined to. */
export function aggregatedJson(text: string, file: string): string {
  const { own, aggregated } = JSON.parse(text) as WithAggregated<Swagger, AggregatedPart>;
  const { paths, definitions } = JSON.parse(file) as Partial<AggregatedPart>;
  const added = mergeAggregated(aggregated, {
    paths: { ...paths, ...own.paths },
    definitions: { ...definitions, ...own.definitions },
  });
  return JSON.stringify({
    ...own,
    paths: { ...own.paths, ...added.paths },
    definitions: { ...own.definitions, ...added.definitions },
  });
}

/** The index of the bracket that closes an object; `at` is behind the one that opens it. */
function endOfObject(text: string, at: number): number {
  const marks = /["{}]/g;
  marks.lastIndex = at;
  for (let depth = 1, found = marks.exec(text); found; found = marks.exec(text)) {
    const [mark] = found;
    if (mark === '"') marks.lastIndex = endOfString(text, found.index);
    else if (mark === '{') depth++;
    else if (--depth === 0) return found.index;
  }
  return text.length;
}

const PATHS = '"paths":{';
const DEFINITIONS = '},"definitions":{';
const END = '}}';

/** Version 2 in protobuf, where two messages, one after the other, are the two merged. */
export async function swaggerProtobuf(file: EdgeResponse, part: string): Promise<Uint8Array | undefined> {
  const swagger = JSON.parse(part) as Swagger;
  if (isEmpty(swagger.paths)) return undefined;
  const [first, second] = [new Uint8Array(await file.arrayBuffer()), encodeOpenApiV2(swagger)];
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
