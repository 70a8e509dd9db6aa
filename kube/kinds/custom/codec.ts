/**
 * How bodies and stored texts become objects of a custom kind (apiextensions `pkg/apiserver/customresource_handler.go`,
 * unstructuredSchemaCoercer and the codecs around it).
 */

import { addAll } from '../../machinery/add-all.ts';
import { errorText, type FieldError, goJson } from '../../machinery/field-error.ts';
import { isObject, type JsonObject } from '../../machinery/json-object.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { FieldValidation } from '../../machinery/schema/check.ts';
import {
  type Before,
  type Decoded,
  type Expected,
  parseJson,
  unrecognized,
} from '../../machinery/schema/decode-object.ts';
import { repeatedKeys } from '../../machinery/schema/duplicate-keys.ts';
import { goQuote, goValueName } from '../../machinery/schema/go-names.ts';
import { hugeNumber } from '../../machinery/schema/json-size.ts';
import { applyDefaults } from '../../machinery/structural/defaults.ts';
import { coerceEmbedded, readMetadata } from '../../machinery/structural/embedded.ts';
import { sortKeys } from '../../machinery/structural/print.ts';
import { prune, pruneNulls } from '../../machinery/structural/prune.ts';
import type { StructuralSchema } from '../../machinery/structural/schema.ts';

/** Facts of a version's schema that decoding needs. */
export interface Shape {
  schema: StructuralSchema | undefined;
  /** `spec.preserveUnknownFields` of an old definition: nothing is pruned. */
  preservesAll: boolean;
}

export type CustomKindName = Omit<Expected, 'schema'>;

/** The body of a request. Errors are those of a 400. */
export function decodeCustomText(
  text: string,
  kind: CustomKindName,
  shape: Shape,
  directive: FieldValidation,
  before: Before = [],
): Decoded {
  const parsed = parseJson(text);
  if ('error' in parsed)
    return unrecognized(text, kind, `couldn't get version/kind; json parse error: ${parsed.error}`);
  // Go reads null into an empty struct.
  const value = parsed.value ?? {};
  if (!isObject(value)) {
    const into =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    const found = `json: cannot unmarshal ${goValueName(value, false)} into Go value of type ${into}`;
    return unrecognized(text, kind, `couldn't get version/kind; json parse error: ${found}`);
  }
  const huge = hugeNumber(text);
  if (huge !== undefined) return { error: cannotHandle(value.kind, kind, huge) };
  const repeated = directive === 'Ignore' ? [] : repeatedKeys(text, value);
  return decodeCustom(value, kind, shape, directive, { text, before: [...before, ...repeated] });
}

interface BodyOptions {
  /** The text of the body, which errors show; left out for an object that is none of a client's. */
  text?: string;
  before?: Before;
  /** Nulls that an apply gave stay in the object, so that they are judged. */
  keepsNulls?: boolean;
}

/** A body that is an object already. Changes it. */
export function decodeCustom(
  body: JsonObject,
  kind: CustomKindName,
  shape: Shape,
  directive: FieldValidation,
  { text, before = [], keepsNulls = false }: BodyOptions = {},
): Decoded {
  // Of an object that a patch made, the cause alone is told.
  const fail = (cause: string): Decoded => (text === undefined ? { error: cause } : unrecognized(text, kind, cause));
  const shown = () => text ?? goJson(sortKeys(body));
  for (const name of ['apiVersion', 'kind'] as const) {
    const value = body[name];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const cause = `json: cannot unmarshal ${goValueName(value, false)} into Go struct field .${name} of type string`;
    return fail(`couldn't get version/kind; json parse error: ${cause}`);
  }
  if (!body.kind) return fail(`Object 'Kind' is missing in '${shown()}'`);
  if (!body.apiVersion) return fail(`Object 'apiVersion' is missing in '${shown()}'`);
  const { apiVersion } = body as { apiVersion: string };
  const wanted = `${kind.group}/${kind.version}`;
  if (/\/.*\//.test(apiVersion)) {
    return fail(`unexpected GroupVersion string: ${apiVersion}`);
  }
  if (apiVersion !== wanted) {
    return { error: `the API version in the data (${apiVersion}) does not match the expected API version (${wanted})` };
  }
  const unknown: string[] = [];
  // Upstream knows what to do with objects of another kind no better than that it is not theirs.
  const problem = coerce(body, body.kind === kind.kind ? shape : { ...shape, schema: undefined, preservesAll: true }, {
    unknown: directive === 'Ignore' ? undefined : unknown,
    keepsNulls,
  });
  const handled = (cause: string) => ({ error: cannotHandle(body.kind, kind, cause) });
  if (typeof problem === 'string') return handled(problem);
  if (problem) return { ...handled(errorText(problem)), invalid: problem };
  const strict = [...before, ...unknown.map((path) => `unknown field "${path}"`)];
  if (directive === 'Strict' && strict.length > 0) return handled(`strict decoding error: ${strict.join(', ')}`);
  if (!applyDefaults(body, shape.schema)) return handled('the defaults of its schema would make it too large');
  return { object: body as unknown as KubeObject, warnings: strict };
}

function cannotHandle(given: unknown, { kind, version }: CustomKindName, cause: string): string {
  return `${String(given)} in version ${goQuote(version)} cannot be handled as a ${kind}: ${cause}`;
}

interface CoerceOptions {
  /** Is given the paths of what goes. */
  unknown?: string[];
  /** Of a stored object, what cannot be read goes. */
  isStored?: boolean;
  keepsNulls?: boolean;
}

/**
 * Metadata is read into its type, fields that the schema does not name go, and nulls where none may be. Changes the
 * object; answers why it cannot be read.
 */
function coerce(
  object: JsonObject,
  { schema, preservesAll }: Shape,
  { unknown, keepsNulls = false, isStored: dropInvalid = false }: CoerceOptions,
): string | FieldError | undefined {
  const { apiVersion, kind } = object;
  const hasMetadata = Object.hasOwn(object, 'metadata');
  const inMeta: string[] = [];
  const listen = unknown ? (paths: string[]) => (path: string) => void paths.push(path) : undefined;
  const read = hasMetadata ? readMetadata(object.metadata, { dropInvalid, dropped: listen?.(inMeta) }, 'metadata') : {};
  if (read.error !== undefined) return read.error;
  const pruned: string[] = [];
  if (!preservesAll) {
    prune(object, schema, true, listen?.(pruned));
    if (!keepsNulls) pruneNulls(object, schema);
  }
  const embedded: string[] = [];
  const error = coerceEmbedded(object, schema, { dropInvalid, dropped: listen?.(embedded) });
  if (error) return error;
  if (unknown) for (const paths of [inMeta, pruned.sort(), embedded.sort()]) addAll(unknown, paths);
  object.apiVersion = apiVersion;
  object.kind = kind;
  if (read.metadata) object.metadata = read.metadata;
  else if (hasMetadata) object.metadata = {};
  return undefined;
}

/** A stored object as its present schema has it: changes it. */
export function refresh(object: KubeObject, shape: Shape): KubeObject {
  coerce(object, shape, { isStored: true });
  applyDefaults(object, shape.schema);
  return object;
}

/** An object of another version, under the name of this one and pruned by its schema: changes it. */
export function renamed(object: KubeObject, apiVersion: string, shape: Shape): KubeObject {
  object.apiVersion = apiVersion;
  coerce(object, shape, { isStored: true });
  return object;
}
