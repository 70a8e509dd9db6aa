/** metav1.Table: what `kubectl get` prints (apiserver `pkg/endpoints/handlers/response.go`, KEP-515). */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
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

type Printed = Pick<KindDescriptor, 'columns'>;

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
  { columns }: Printed,
  object: KubeObject,
  text: string,
  include: IncludeObject,
  now: number,
  version: MetaVersion = 'v1',
): string {
  const cells = JSON.stringify(columns.map((column) => column.cell(object, now)));
  if (include === 'None') return `{"cells":${cells},"object":null}`;
  return `{"cells":${cells},"object":${include === 'Object' ? text : partialMetadata(object, version)}}`;
}

/** `text` of a PartialObjectMetadata. */
export function partialMetadata({ metadata }: KubeObject, version: MetaVersion = 'v1'): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)}}`;
}
