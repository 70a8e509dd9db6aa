/**
 * The question to a conversion webhook and its answer (apiextensions `pkg/apiserver/conversion/webhook_converter.go`,
 * `apiextensions.k8s.io` ConversionReview).
 */

import { parseExact } from '../../machinery/exact-json.ts';
import { errorText } from '../../machinery/field-error.ts';
import { isObject } from '../../machinery/json-object.ts';
import type { KubeObject, ObjectMeta } from '../../machinery/object.ts';
import { goValueName } from '../../machinery/schema/go-names.ts';
import { jsonSyntaxError } from '../../machinery/schema/json-syntax.ts';
import { validateAnnotations } from '../metadata.ts';
import { validateLabels } from '../validation/labels.ts';
import { ConversionError } from './conversion-webhook.ts';

const GROUP = 'apiextensions.k8s.io';
const KNOWN = ['v1', 'v1beta1'] as const;
export type ReviewVersion = (typeof KNOWN)[number];

export interface ReviewRequest {
  uid: string;
  version: ReviewVersion;
  /** At least one; none has the wanted version. */
  objects: readonly KubeObject[];
  /** An apiVersion. */
  to: string;
}

/** The first version that the webhook names and Islet knows. Throws a {@link ConversionError} where there is none. */
export function conversionReviewVersion(versions: readonly string[] = []): ReviewVersion {
  const found = versions.find((each): each is ReviewVersion => (KNOWN as readonly string[]).includes(each));
  if (!found) throw new ConversionError('no supported conversion review versions');
  return found;
}

/** JSON as Go prints it, with the answer's place in it. */
export function conversionReviewText({ uid, version, objects, to }: ReviewRequest): string {
  return JSON.stringify({
    kind: 'ConversionReview',
    apiVersion: `${GROUP}/${version}`,
    request: { uid, desiredAPIVersion: to, objects },
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  });
}

type Fields = Record<string, unknown>;

/**
 * The converted objects, in order, with metadata as it was but for labels and annotations. Throws
 * {@link ConversionError}.
 */
export function convertedObjects(text: string, request: ReviewRequest): KubeObject[] {
  const { objects } = request;
  const gvk = kindText(objects[0] as KubeObject);
  let converted: unknown[];
  try {
    converted = answeredObjects(text, request);
  } catch (error) {
    throw new ConversionError(`conversion webhook for ${gvk} failed: ${(error as Error).message}`);
  }
  if (converted.length !== objects.length) {
    throw new ConversionError(
      `conversion webhook for ${gvk} returned ${converted.length} objects, expected ${objects.length}`,
    );
  }
  return objects.map((object, index) => checked(object, converted[index], request.to, index));
}

function answeredObjects(text: string, { uid, version }: ReviewRequest): unknown[] {
  const review = parsed(text);
  checkTypes(review, version);
  const { response } = review;
  if (response === undefined || response === null) throw new Error('no response provided');
  const inReview = 'ConversionReview.response of type ';
  const answer = fieldsOf(response, `${inReview}${version}.ConversionResponse`);
  const { uid: answered = '', result, convertedObjects: objects } = answer;
  if (version === 'v1' && answered !== uid) {
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(answered)}`);
  }
  const { status = '', message } = fieldsOf(result ?? {}, 'ConversionResponse.response.result of type v1.Status');
  if (status !== 'Success') {
    const why = typeof message === 'string' && message !== '' ? message : undefined;
    throw new Error(why ?? `response.result.status was '${status}', not 'Success'`);
  }
  if (objects === undefined || objects === null) return [];
  if (Array.isArray(objects)) return objects;
  const field = 'ConversionResponse.response.convertedObjects of type []runtime.RawExtension';
  throw new Error(`json: cannot unmarshal ${goValueName(objects, false)} into Go struct field ${field}`);
}

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function parsed(text: string): Fields {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    // To upstream's decoder a text that is no JSON is YAML: a scalar.
    const isOpen = /^\s*[[{]/.test(text);
    if (isOpen)
      throw new Error(`couldn't get version/kind; json parse error: ${jsonSyntaxError(text) ?? 'invalid JSON'}`);
    value = text;
  }
  if (value === null) return {};
  if (isObject(value)) return value;
  const why = `json: cannot unmarshal ${goValueName(value, false)} into Go value of type ${TYPE_META}`;
  throw new Error(`couldn't get version/kind; json parse error: ${why}`);
}

/** An answer that does not say what it is, is what was asked for, but in v1. */
function checkTypes(review: Fields, version: ReviewVersion): void {
  const { apiVersion, kind } = review;
  if (apiVersion === undefined && kind === undefined) {
    if (version !== 'v1') return;
    throw new Error(`expected webhook response of ${GROUP}/v1, Kind=ConversionReview, got ${typesOf(review)}`);
  }
  if (apiVersion === `${GROUP}/${version}` && kind === 'ConversionReview') return;
  const other = KNOWN.find((each) => apiVersion === `${GROUP}/${each}`);
  throw new Error(
    other && kind === 'ConversionReview'
      ? `converting (${other}.ConversionReview) to (${version}.ConversionReview): unknown conversion`
      : `no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

/** `what`: a field of a Go struct, and its type. */
function fieldsOf(value: unknown, what: string): Fields {
  if (isObject(value)) return value;
  throw new Error(`json: cannot unmarshal ${goValueName(value, false)} into Go struct field ${what}`);
}

/** `stable.example.com/v1, Kind=Widget` */
function typesOf({ apiVersion, kind }: Fields): string {
  const [group, version] = groupVersion(apiVersion);
  return `${group}/${version}, Kind=${typeof kind === 'string' ? kind : ''}`;
}

export function kindText(object: KubeObject): string {
  return typesOf(object as unknown as Fields);
}

function groupVersion(apiVersion: unknown): [group: string, version: string] {
  const text = typeof apiVersion === 'string' ? apiVersion : '';
  const slash = text.indexOf('/');
  return slash < 0 ? ['', text] : [text.slice(0, slash), text.slice(slash + 1)];
}

function checked(object: KubeObject, given: unknown, to: string, index: number): KubeObject {
  const gvk = kindText(object);
  const invalid = (why: string): ConversionError =>
    new ConversionError(`conversion webhook for ${gvk} returned invalid object at index ${index}: ${why}`);
  if (given === null || given === undefined) throw new ConversionError('unexpected end of JSON input');
  if (!isObject(given)) {
    throw new ConversionError(
      `json: cannot unmarshal ${goValueName(given, false)} into Go value of type map[string]interface {}`,
    );
  }
  if (typeof given.kind !== 'string' || given.kind === '') {
    throw new ConversionError(`Object 'Kind' is missing in '${JSON.stringify(given)}'`);
  }
  const received = typeof given.apiVersion === 'string' ? given.apiVersion : '';
  if (received !== to) {
    throw invalid(`invalid groupVersion (expected ${to}, received ${received})`);
  }
  if (given.kind !== object.kind) throw invalid(`invalid kind (expected ${object.kind}, received ${given.kind})`);
  const problem = identityProblem(object, given);
  if (problem !== undefined)
    throw new ConversionError(`conversion webhook for ${gvk} returned invalid object: ${problem}`);
  const { apiVersion, kind, metadata, ...rest } = given;
  const restored = restoredMeta(object, metadata);
  if (typeof restored === 'string') {
    throw new ConversionError(`conversion webhook for ${gvk} returned invalid metadata: ${restored}`);
  }
  return { kind, apiVersion, metadata: restored, ...rest } as KubeObject;
}

/** `validateConvertedObject` */
function identityProblem({ metadata }: KubeObject, given: Fields): string | undefined {
  const found = isObject(given.metadata) ? given.metadata : {};
  for (const [field, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const before = metadata[field] ?? '';
    const after = typeof found[field] === 'string' ? found[field] : '';
    if (before !== after) return `must have the same ${name}: ${before} != ${after}`;
  }
  return undefined;
}

/** `restoreObjectMeta`: or what is wrong. */
function restoredMeta({ metadata: before }: KubeObject, given: unknown): ObjectMeta | string {
  if (given === undefined) return 'missing metadata in converted object';
  if (!isObject(given)) return `invalid metadata of type ${goType(given)} in converted object`;
  const metadata: ObjectMeta = { ...before };
  for (const field of ['labels', 'annotations'] as const) {
    const value = given[field];
    if (value === undefined || value === null) {
      delete metadata[field];
      continue;
    }
    if (!isObject(value)) return `invalid metadata.${field} of type ${goType(value)} in converted object`;
    for (const [key, each] of Object.entries(value)) {
      if (typeof each === 'string') continue;
      return `metadata.${field}[${key}] must be a string, but is ${goType(each)} in converted object`;
    }
    const problem = mapProblem(field, value as Record<string, string>, before[field] ?? {});
    if (problem !== undefined) return problem;
    metadata[field] = value as Record<string, string>;
  }
  return metadata;
}

function mapProblem(
  field: 'labels' | 'annotations',
  next: Record<string, string>,
  before: Record<string, string>,
): string | undefined {
  const keys = Object.keys(next);
  if (keys.length === Object.keys(before).length && keys.every((key) => before[key] === next[key])) return undefined;
  const errors =
    field === 'labels' ? validateLabels(next, 'metadata.labels') : validateAnnotations(next, 'metadata.annotation');
  if (errors.length === 0) return undefined;
  const texts = [...new Set(errors.map(errorText))];
  return texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
}

/** As Go's `%T` prints a decoded JSON value. */
function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}
