/**
 * A request's JSON body as an object of the kind that its path names (apimachinery `runtime/serializer/json/json.go`
 * Decode, apiserver `endpoints/handlers/rest.go` transformDecodeError).
 */
import { parseExact } from '../exact-json.ts';
import type { FieldError } from '../field-error.ts';
import type { KubeObject } from '../object.ts';
import { checkObject, type FieldValidation } from './check.ts';
import { repeatsKeys, strictErrors } from './duplicate-keys.ts';
import { goQuote, goValueName } from './go-names.ts';
import { hugeNumber } from './json-size.ts';
import { jsonSyntaxError } from './json-syntax.ts';
import { mergedJson } from './merged-json.ts';
import { standIns } from './number-texts.ts';
import { readableJson } from './readable-json.ts';
import { kindSchema } from './resolve.ts';
import type { StructSchema } from './schema.ts';

export interface Expected {
  group: string;
  version: string;
  kind: string;
  schema: StructSchema;
  /** Other versions in which the endpoint takes it, of the same fields. */
  accepts?: readonly string[];
}

export type Decoded =
  | {
      object: KubeObject;
      /** For the Warning header, where the directive is Warn. */
      warnings: string[];
    }
  | {
      /** The message of a 400 BadRequest. */
      error: string;
      /** The error of validation instead, where upstream's decoder lets an applied object through. */
      invalid?: FieldError;
    };

/** Errors of strict decoding that were found before in what the text was made of, YAML or a patch. */
export type Before = readonly string[];

/**
 * Malformed JSON, another kind, wrong types and (Strict) unknown and repeated fields are errors in upstream's words.
 * `apiVersion` and `kind` may be left out; they are there in the result.
 */
export function decodeObject(
  text: string,
  expected: Expected,
  directive: FieldValidation,
  before: Before = [],
): Decoded {
  const parsed = parseJson(text);
  if ('error' in parsed)
    return unrecognized(text, expected, `couldn't get version/kind; json parse error: ${parsed.error}`);
  const body = parsed.value;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const into =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    if (body === null) return decodeParsed({}, '', expected, directive, { before });
    return unrecognized(
      text,
      expected,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goValueName(body, false)} into Go value of type ${into}`,
    );
  }
  return decodeParsed(body as Record<string, unknown>, text, expected, directive, { before });
}

/**
 * The same for a body that is an object already: from YAML, protobuf or a patch. `text` '' means: not JSON text;
 * `converted`: errors are told as of an object in memory.
 */
export function decodeParsed(
  body: Record<string, unknown>,
  text: string,
  expected: Expected,
  directive: FieldValidation,
  { before = [], converted = false }: { before?: Before; converted?: boolean } = {},
): Decoded {
  for (const name of ['apiVersion', 'kind'] as const) {
    const value = body[name];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const cause = `json: cannot unmarshal ${goValueName(value, false)} into Go struct field .${name} of type string`;
    return unrecognized(
      text || JSON.stringify(body),
      expected,
      `couldn't get version/kind; json parse error: ${cause}`,
    );
  }
  // A slash with nothing before it names the core group (apimachinery `pkg/runtime/schema/group_version.go`).
  const apiVersion =
    (body.apiVersion as string | null | undefined)?.replace(/^\/(?!.*\/)/, '') || apiVersionOf(expected);
  const kind = (body.kind as string | null | undefined) || expected.kind;
  if (/\/.*\//.test(apiVersion)) {
    return unrecognized(text || JSON.stringify(body), expected, `unexpected GroupVersion string: ${apiVersion}`);
  }
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const handled = (cause: string): Decoded => ({
    error: `${kind} in version ${goQuote(version)} cannot be handled as a ${expected.kind}: ${cause}`,
  });
  const mismatch = otherKind(apiVersion, kind, expected);
  if (mismatch) return mismatch.handled ? handled(mismatch.text) : { error: mismatch.text };

  // Of a custom resource, upstream reads no difference between an empty list and none.
  const isReset = !expected.schema.structural && resetsManagers(body);
  const inText = directive === 'Ignore' || text === '' ? undefined : strictErrors(text, body, expected.schema);
  const repeats = inText !== undefined || (directive === 'Ignore' && text !== '' && repeatsKeys(text, body));
  const number = numberError(text, expected.schema);
  if (number !== undefined) return handled(number);
  const result = checkObject(expected.schema, repeats ? mergedBody(text, expected) : body, { directive, converted });
  if (result.error !== undefined) return handled(asWritten(result.error, text));
  const found = text === '' && !converted ? result.strict.sort(byPath) : result.strict;
  const strict = [...before, ...(inText ?? found)];
  if (directive === 'Strict' && strict.length > 0) return handled(`strict decoding error: ${strict.join(', ')}`);
  result.object.apiVersion = apiVersion;
  result.object.kind = kind;
  if (isReset) (result.object as KubeObject).metadata.managedFields = [];
  return { object: result.object as KubeObject, warnings: strict };
}

/** Upstream makes a text of YAML and of what a patch made, in which the keys of each object are in order. */
function byPath(a: string, b: string): number {
  const stepsOf = (error: string): string[] => error.match(STEPS) ?? [];
  const [left, right] = [stepsOf(a), stepsOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i] as string, right[i] as string];
    if (one === other) continue;
    return Number(one) - Number(other) || (one < other ? -1 : 1);
  }
  return left.length - right.length;
}

/** The keys and positions of a path in quotes. */
const STEPS = /[^".[\]]+(?=["[.\]])/g;

/** A custom resource has no type of Go, so that its last keys stay, as they do in `JSON.parse`. */
function mergedBody(text: string, { schema }: Expected): Record<string, unknown> {
  const readable = readableJson(text);
  return (schema.structural ? parseExact(readable) : mergedJson(readable, schema)) as Record<string, unknown>;
}

/** The first error, if it is about a number like `1.0`, which Go's decoder takes for no integer; else undefined. */
function numberError(text: string, schema: StructSchema): string | undefined {
  const found = standIns(text);
  if (!found) return undefined;
  const { error } = checkObject(schema, parseExact(found.text), { directive: 'Ignore' });
  const [, before, number, after] = /^(json: cannot unmarshal number )(\d+)\.5( into .*)$/s.exec(error ?? '') ?? [];
  if (number === undefined) return undefined;
  const written = found.written[Number(number) - 1];
  return written === undefined ? undefined : `${before}${written}${after}`;
}

/** The error with the number as the text has it, where `JSON.parse` read infinity. */
function asWritten(error: string, text: string): string {
  return error.replace(/number -?Infinity(?= into)/, (found) => HUGE.exec(hugeNumber(text) ?? '')?.[0] ?? found);
}

const HUGE = /number \S+/;

/** An empty list of managers is not none: it asks for them to be forgotten. */
function resetsManagers({ metadata }: Record<string, unknown>): boolean {
  const managers = (metadata as { managedFields?: unknown } | null | undefined)?.managedFields;
  return Array.isArray(managers) && managers.length === 0;
}

/** JSON text as a value, or why it is none in the words of Go's decoder. */
export function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: parseExact(readableJson(text)) as unknown };
  } catch (problem) {
    return { error: jsonSyntaxError(text) ?? (problem as Error).message };
  }
}

function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

function otherKind(
  apiVersion: string,
  kind: string,
  expected: Expected,
): { text: string; handled: boolean } | undefined {
  const wanted = apiVersionOf(expected);
  const isTaken = apiVersion === wanted || expected.accepts?.includes(apiVersion) === true;
  if (isTaken && kind === expected.kind) return undefined;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  if (!kindSchema(group, version, kind) || ANSWERS.has(group)) {
    const scheme = 'in scheme "pkg/runtime/scheme.go:111"';
    return {
      handled: true,
      text: `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} ${scheme}`,
    };
  }
  if (kind === expected.kind && group === expected.group) {
    const text = `the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`;
    return { handled: false, text };
  }
  const target = `${(expected.group || 'core').split('.')[0]}.${expected.kind}`;
  return { handled: true, text: `converting (${version}.${kind}) to (${target}): unknown conversion` };
}

/** Groups whose kinds are answers alone, and which the scheme of bodies lacks. */
const ANSWERS: ReadonlySet<string> = new Set(['apidiscovery.k8s.io', 'metrics.k8s.io']);

/** A body of which the kind cannot be told. */
export function unrecognized(text: string, kind: Pick<Expected, 'kind'>, cause: string): Decoded {
  return { error: unrecognizedText(text, kind, cause) };
}

export function unrecognizedText(text: string, { kind }: Pick<Expected, 'kind'>, cause: string): string {
  return `the object provided is unrecognized (must be of type ${kind}): ${cause} (${summarize(text)})`;
}

/** `summarizeData`: text of an object, hexadecimal of anything else, at most 30 bytes. */
function summarize(text: string): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text.slice(0, 31));
  const more = bytes.length > 30 ? ' ...' : '';
  if (text.startsWith('{')) return new TextDecoder().decode(bytes.subarray(0, 30)) + more;
  return Array.from(bytes.subarray(0, 30), (byte) => byte.toString(16).padStart(2, '0')).join('') + more;
}
