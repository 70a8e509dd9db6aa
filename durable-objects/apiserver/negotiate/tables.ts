/** metav1.Table: what `kubectl get` prints (apiserver `pkg/endpoints/handlers/response.go`, KEP-515). */

import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { shownText } from '../../../kube/kinds/registry.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { badRequest } from '../errors.ts';
import type { Query } from '../query.ts';
import type { MetaVersion } from './accept.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function includeObjectOf(query: Query): IncludeObject {
  const value = query.get('includeObject') || 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

type Printed = Pick<KindDescriptor, 'columns' | 'fieldAnnotations' | 'shownText'>;

const definitions = new WeakMap<KindDescriptor['columns'], string>();

/** JSON of `columnDefinitions`, printed once a kind. */
export function columnDefinitions({ columns }: Printed): string {
  let text = definitions.get(columns);
  if (text === undefined) {
    text = JSON.stringify(
      columns.map(({ name, type, format = '', description, priority }) => ({
        name,
        type,
        format,
        description,
        priority,
      })),
    );
    definitions.set(columns, text);
  }
  return text;
}

/** JSON of one row. `text` is the whole object, for `includeObject=Object`. `now` in milliseconds. */
export function tableRow(
  kind: Printed,
  object: KubeObject,
  text: string,
  include: IncludeObject,
  now: number,
  version: MetaVersion = 'v1',
): string {
  const metadata = include === 'Metadata' ? metadataText(kind, object) : '';
  return printRow(kind, object, now, shown(kind, include, text, metadata, version));
}

/** Kinds of more fields would be searched for each of them. */
const MAX_FIELDS = 4;

/**
 * Prints the row of a built-in kind's object from its stored text. Its metadata is cut out of the text rather than
 * printed again, and its managers, which no column shows and which are half of an object's values, are not parsed.
 */
export function rowPrinter(kind: KindDescriptor, include: IncludeObject, now: number, version: MetaVersion) {
  const slowly = (text: string): string => tableRow(kind, parseExact(text) as KubeObject, text, include, now, version);
  const head = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},"metadata":`;
  const fields = kind.schema.type === 'struct' ? [...kind.schema.fields.keys()] : [];
  const ends = fields.filter((name) => !TYPE_AND_METADATA.has(name)).map((name) => `},"${name}":`);
  if (kind.custom || kind.fieldAnnotations || ends.length > MAX_FIELDS) return slowly;
  return (text: string): string => {
    if (!text.startsWith(head)) return slowly(text);
    // A quote within a value is escaped, and nothing in metadata has such a key, so this is where metadata ends.
    let end = text.length;
    for (const each of ends) {
      const at = text.indexOf(each, head.length);
      if (at >= 0 && at < end) end = at;
    }
    const managers = text.indexOf(',"managedFields":[', head.length);
    if (end === text.length || managers < 0 || managers > end) return slowly(text);
    const object = parseExact(text.slice(0, managers) + text.slice(end)) as KubeObject;
    return printRow(kind, object, now, shown(kind, include, text, text.slice(head.length, end + 1), version));
  };
}

const TYPE_AND_METADATA: ReadonlySet<string> = new Set(['kind', 'apiVersion', 'metadata']);

function printRow({ columns }: Printed, object: KubeObject, now: number, shownAs: string): string {
  return `{"cells":${JSON.stringify(columns.map((column) => column.cell(object, now)))},"object":${shownAs}}`;
}

function shown(kind: Printed, include: IncludeObject, text: string, metadata: string, version: MetaVersion): string {
  if (include === 'None') return 'null';
  if (include === 'Object') return shownText(kind, text);
  return partialOf(metadata, version);
}

function partialOf(metadata: string, version: MetaVersion): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${metadata}}`;
}

/** `text` of a PartialObjectMetadata. */
export function partialMetadata(
  kind: Pick<KindDescriptor, 'fieldAnnotations'> | undefined,
  object: KubeObject,
  version: MetaVersion = 'v1',
): string {
  return partialOf(metadataText(kind, object), version);
}

/** Upstream makes the metadata of its internal type, in which some annotations are fields. */
function metadataText(kind: Pick<KindDescriptor, 'fieldAnnotations'> | undefined, { metadata }: KubeObject): string {
  const own = kind?.fieldAnnotations;
  if (!own || !metadata.annotations) return JSON.stringify(metadata);
  const others = Object.entries(metadata.annotations).filter(([name]) => !own.includes(name));
  return JSON.stringify({ ...metadata, annotations: others.length > 0 ? Object.fromEntries(others) : undefined });
}
