/** An applied configuration, from the body of a request to the object that is wanted. */

import type { ApplyOutcome } from '../../../kube/machinery/apply/apply.ts';
import { reportConflicts } from '../../../kube/machinery/apply/conflicts.ts';
import { applyAsManager } from '../../../kube/machinery/apply/last-applied.ts';
import type { Tracking } from '../../../kube/machinery/apply/managed-fields.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { isObject } from '../../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { goValueName } from '../../../kube/machinery/schema/go-names.ts';
import { readableJson } from '../../../kube/machinery/schema/readable-json.ts';
import type { Call } from '../call.ts';
import { ApiError, badRequest, invalid, qualifiedKind } from '../errors.ts';
import { type Decodable, typeApplied } from './decode.ts';
import { readYamlBody } from './media-type.ts';
import type { WriteOptions } from './options.ts';

type Fields = Record<string, unknown>;

export interface Config {
  /** A private copy each time. */
  parse(): Fields;
  /** Errors of strict decoding. */
  problems: readonly string[];
}

/** An object whose managers are those that the apply left. */
export type AppliedObject = KubeObject;

/** The body of an apply. Throws 400 and 413. */
export function readConfig({ request }: Call): Config {
  const {
    text,
    problems,
    value = parseExact(readableJson(text)),
  } = readYamlBody(request.body ?? '', 'error decoding YAML: ');
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    const why = `json: cannot unmarshal ${goValueName(value, false)} into Go value of type map[string]interface {}`;
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  let first = value as Fields | null | undefined;
  return {
    problems,
    parse() {
      const parsed = first === undefined ? (parseExact(text) as Fields | null) : first;
      first = undefined;
      return parsed ?? {};
    },
  };
}

export interface Apply {
  tracking: Tracking;
  config: Config;
  options: WriteOptions;
  /** A private copy; undefined where the object is to be created. */
  live: KubeObject | undefined;
}

/** The wanted object, typed and defaulted, with its managers. Throws 400, 409, and 500 for what does not fit the kind. */
export function appliedObject(call: Call, kind: Decodable, { tracking, config, options, live }: Apply): AppliedObject {
  const given = config.parse();
  checkKind(kind, given);
  const managers = asFields(given.metadata).managedFields;
  if (Array.isArray(managers)) {
    // Upstream reads a list with anything but objects in it as none.
    const isRead = managers.every(isObject);
    if (isRead) throw badRequest('metadata.managedFields must be nil');
  }
  const outcome = applyAsManager({ ...tracking, live, config: given, force: options.force === true });
  const { object, managedFields } = succeeded(outcome, kind, given);
  // Where nothing changes, upstream goes on with the object as it is, which another version may have left without defaults.
  if (kind.custom && live && isAsBefore(object, live)) {
    checkStrict(call, config, options);
    return { ...live, metadata: { ...live.metadata, managedFields } };
  }
  const typed = typeApplied(kind, object);
  if ('error' in typed) {
    if (typed.invalid) throw invalid(qualifiedKind(kind), object.metadata?.name ?? '', [typed.invalid]);
    const what = `to proper version: unable to convert unstructured object to ${kindText(kind)}`;
    throw new ApiError('', `failed to convert new object (${describe(kind, given)}) ${what}: ${typed.error}`);
  }
  checkStrict(call, config, options);
  if (managedFields) typed.object.metadata.managedFields = managedFields;
  else delete typed.object.metadata.managedFields;
  return typed.object;
}

function isAsBefore(object: KubeObject, live: KubeObject): boolean {
  const { managedFields: _, ...metadata } = asFields(object.metadata);
  const { managedFields: __, ...before } = live.metadata;
  return sameJson({ ...object, metadata }, { ...live, metadata: before });
}

function succeeded(outcome: ApplyOutcome, kind: Decodable, given: Fields) {
  if ('error' in outcome) {
    throw new ApiError('', `failed to create typed patch object (${describe(kind, given)}): ${outcome.error}`);
  }
  if ('unfit' in outcome) throw new ApiError('', outcome.unfit);
  if ('conflicts' in outcome) {
    const { message, causes } = reportConflicts(outcome.conflicts);
    throw new ApiError('Conflict', message, { details: { causes } });
  }
  return outcome;
}

function checkStrict({ warnings }: Call, { problems }: Config, { fieldValidation }: WriteOptions): void {
  if (problems.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') {
    const found = `yaml: unmarshal errors:\n  ${problems.join('\n  ')}`;
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${found}`);
  }
  for (const problem of problems) if (!warnings.includes(problem)) warnings.push(problem);
}

/** Throws 400 for a configuration of another kind or version. */
function checkKind({ group, version, kind }: Decodable, given: Fields): void {
  const apiVersion = textOf(given.apiVersion);
  const parts = apiVersion.split('/');
  const [ownVersion = '', ownGroup = ''] = parts.length > 2 ? [] : parts.reverse();
  const ownKind = parts.length > 2 ? '' : textOf(given.kind);
  if (ownGroup === group && ownVersion === version && ownKind === kind) return;
  throw badRequest(`invalid object type: ${ownGroup}/${ownVersion}, Kind=${ownKind}`);
}

/** `default/a; /v1, Kind=ConfigMap` */
function describe(kind: Decodable, { metadata }: Fields): string {
  const { namespace, name } = asFields(metadata);
  return `${textOf(namespace)}/${textOf(name)}; ${kindText(kind)}`;
}

function kindText({ group, version, kind }: Decodable): string {
  return `${group}/${version}, Kind=${kind}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
