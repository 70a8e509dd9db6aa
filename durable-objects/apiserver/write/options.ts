/** CreateOptions, UpdateOptions, PatchOptions and DeleteOptions (apimachinery `pkg/apis/meta/v1/validation`). */

import { validateFieldManager } from '../../../kube/kinds/validation/field-manager.ts';
import { isWhole } from '../../../kube/machinery/exact-json.ts';
import { type FieldError, fieldError, plain } from '../../../kube/machinery/field-error.ts';
import { parseJson } from '../../../kube/machinery/schema/decode-object.ts';
import { goValueName } from '../../../kube/machinery/schema/go-names.ts';
import { badRequest, invalid } from '../errors.ts';
import { type Query, queryFlag, wholeNumber } from '../query.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  /** The client did not say how fields are validated: admission is told of none. */
  isDefaultValidation?: boolean;
  fieldManager?: string;
  /** An apply takes fields from their managers. */
  force?: boolean;
}

const DEFAULTS: WriteOptions = { dryRun: false, fieldValidation: 'Warn', isDefaultValidation: true };

/** `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions`. Throws 422. */
export function parseWriteOptions(query: Query, kind: string, isApply = false): WriteOptions {
  const dryRun = query.all('dryRun');
  const validation = query.get('fieldValidation');
  const manager = query.get('fieldManager');
  const isForced = kind === 'PatchOptions' && query.has('force');
  if (dryRun.length === 0 && !validation && !manager && !isForced && !isApply) return DEFAULTS;
  const errors = [
    ...(isApply && !manager ? [fieldError.required('fieldManager', 'is required for apply patch')] : []),
    ...(isForced && !isApply ? [fieldError.forbidden('force', 'may not be specified for non-apply patch')] : []),
    ...validateFieldManager(manager, 'fieldManager'),
    ...checkDryRun(dryRun),
  ];
  if (validation && !['Ignore', 'Warn', 'Strict'].includes(validation)) {
    errors.push(fieldError.notSupported('fieldValidation', plain(validation), ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid(`${kind}.meta.k8s.io`, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: (validation || 'Warn') as FieldValidation,
    ...(!validation && { isDefaultValidation: true }),
    fieldManager: manager || undefined,
    ...(isApply && { force: queryFlag(query, 'force') }),
  };
}

export function checkDryRun(values: readonly string[]): FieldError[] {
  if (values.length === 0) return [];
  return values.every((value) => value === 'All') ? [] : [fieldError.notSupported('dryRun', values, ['All'])];
}

export type Propagation = 'Orphan' | 'Foreground' | 'Background';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagation?: Propagation;
  /** The older form of `propagation`; in it, Background is answered with 202 while the object is still there. */
  orphanDependents?: boolean;
  uid?: string;
  resourceVersion?: string;
  dryRun: boolean;
  /** A stored object that cannot be opened is deleted nevertheless (KEP-3926). */
  ignoreUnreadable?: boolean;
}

const IGNORE = 'ignoreStoreReadErrorWithClusterBreakingPotential';

interface Raw {
  kind?: unknown;
  apiVersion?: unknown;
  gracePeriodSeconds?: unknown;
  propagationPolicy?: unknown;
  orphanDependents?: unknown;
  preconditions?: { uid?: unknown; resourceVersion?: unknown } | unknown[] | null;
  dryRun?: unknown;
  [IGNORE]?: unknown;
}

/** A body wins over the query, as upstream. Throws 400 and 422. */
export function parseDeleteOptions(body: string | undefined, query: Query): DeleteOptions {
  const raw = body ? parseBody(body) : fromQuery(query);
  const errors: FieldError[] = [];
  const policy = raw.propagationPolicy ?? undefined;
  const orphan = raw.orphanDependents ?? undefined;
  if (policy !== undefined && typeof policy !== 'string') {
    throw wrongType(policy, 'propagationPolicy', 'v1.DeletionPropagation');
  }
  if (orphan !== undefined && typeof orphan !== 'boolean') throw wrongType(orphan, 'orphanDependents', 'bool');
  if (policy !== undefined && orphan !== undefined) {
    errors.push(
      fieldError.invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  if (policy !== undefined && !['Orphan', 'Foreground', 'Background'].includes(String(policy))) {
    errors.push(fieldError.notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  if (raw.dryRun !== undefined && raw.dryRun !== null && !Array.isArray(raw.dryRun)) {
    throw wrongType(raw.dryRun, 'dryRun', '[]string');
  }
  const dryRun = Array.isArray(raw.dryRun) ? raw.dryRun.map(String) : [];
  errors.push(...checkDryRun(dryRun));
  const grace = raw.gracePeriodSeconds ?? undefined;
  if (grace !== undefined && !isWhole(grace)) throw wrongType(grace, 'gracePeriodSeconds', 'int64');
  const conditions = raw.preconditions ?? undefined;
  if (conditions !== undefined && (typeof conditions !== 'object' || Array.isArray(conditions))) {
    throw wrongType(conditions, 'preconditions', 'v1.Preconditions');
  }
  const ignore = raw[IGNORE] ?? undefined;
  if (ignore !== undefined && typeof ignore !== 'boolean') throw wrongType(ignore, IGNORE, 'bool');
  if (errors.length > 0) throw invalid('DeleteOptions.meta.k8s.io', '', errors);
  return {
    gracePeriodSeconds: grace as number | undefined,
    propagation: (policy ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background')) as Propagation,
    orphanDependents: orphan === undefined ? undefined : Boolean(orphan),
    uid: text(conditions?.uid, 'types.UID', 'uid'),
    resourceVersion: text(conditions?.resourceVersion, 'string', 'resourceVersion'),
    dryRun: dryRun.length > 0,
    ignoreUnreadable: ignore,
  };
}

/**
 * Throws 422 where a stored object that cannot be read is to be deleted with options that are about its content
 * (`ValidateIgnoreStoreReadError`). Of an object that can be read the option means no more than upstream, where it is off.
 */
export function checkUnreadableDelete(options: DeleteOptions): void {
  const { dryRun, gracePeriodSeconds, orphanDependents, uid, resourceVersion, propagation } = options;
  const others = {
    dryRun: dryRun || undefined,
    gracePeriodSeconds,
    orphanDependents,
    preconditions: uid ?? resourceVersion,
    propagationPolicy: orphanDependents === undefined ? propagation : undefined,
  };
  const errors = Object.entries(others).flatMap(([name, value]) =>
    value === undefined ? [] : [fieldError.invalid(IGNORE, true, `cannot be set together with .${name}`)],
  );
  if (errors.length > 0) throw invalid('DeleteOptions.meta.k8s.io', '', errors);
}

/** A precondition of the wrong type is an error: passing over it would delete without one. */
function text(value: unknown, type: string, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(value, `preconditions.${field}`, type, 'Preconditions');
  return value;
}

function wrongType(value: unknown, field: string, type: string, struct = 'DeleteOptions'): Error {
  // Go shows a number where another sort of number is wanted.
  const name = goValueName(value, type.startsWith('int'));
  return badRequest(`json: cannot unmarshal ${name} into Go struct field ${struct}.${field} of type ${type}`);
}

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function parseBody(body: string): Raw {
  const parsed = parseJson(body);
  if ('error' in parsed) throw badRequest(`couldn't get version/kind; json parse error: ${parsed.error}`);
  const raw = parsed.value;
  if (raw === null) return {};
  if (typeof raw !== 'object' || Array.isArray(raw)) {
    const why = `json: cannot unmarshal ${goValueName(raw, false)} into Go value of type ${TYPE_META}`;
    throw badRequest(`couldn't get version/kind; json parse error: ${why}`);
  }
  const { kind, apiVersion = 'meta.k8s.io/v1' } = raw as Raw;
  if (kind !== undefined && kind !== 'DeleteOptions') {
    const [named, version] = [JSON.stringify(kind), JSON.stringify(apiVersion)];
    throw badRequest(`no kind ${named} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`);
  }
  return raw as Raw;
}

function fromQuery(query: Query): Raw {
  const dryRun = query.all('dryRun');
  return {
    gracePeriodSeconds: wholeNumber(query, 'gracePeriodSeconds'),
    propagationPolicy: query.get('propagationPolicy'),
    orphanDependents: query.has('orphanDependents') ? queryFlag(query, 'orphanDependents') : undefined,
    // As `Convert_url_Values_To_v1_DeleteOptions`: an empty value is no condition.
    preconditions: { uid: query.get('uid') || undefined, resourceVersion: query.get('resourceVersion') || undefined },
    dryRun: dryRun.length > 0 ? dryRun : undefined,
    [IGNORE]: queryFlag(query, IGNORE) || undefined,
  };
}

const KINDS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

/** The object that admission plugins are given. A patch is an update, as upstream. */
export function optionsObject(
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT',
  options: WriteOptions | DeleteOptions,
): Record<string, unknown> | undefined {
  if (operation === 'CONNECT') return undefined;
  const object = {
    kind: KINDS[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...(options.dryRun ? { dryRun: ['All'] } : {}),
  };
  if ('fieldValidation' in options) {
    const { fieldManager, fieldValidation, isDefaultValidation } = options;
    const given = isDefaultValidation ? {} : { fieldValidation };
    return { ...object, ...(fieldManager ? { fieldManager } : {}), ...given };
  }
  const { gracePeriodSeconds, propagation, orphanDependents, uid, resourceVersion } = options;
  const preconditions = uid ?? resourceVersion;
  return {
    ...object,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(orphanDependents !== undefined ? { orphanDependents } : propagation ? { propagationPolicy: propagation } : {}),
    ...(preconditions === undefined ? {} : { preconditions: { uid, resourceVersion } }),
  };
}
