/**
 * The one error family of the API, and the only maker of failed `metav1.Status`es.
 * Words and codes follow apimachinery `pkg/api/errors/errors.go` and apiserver
 * `pkg/registry/generic/registry/store.go`.
 */

import { ConversionError } from '../../kube/kinds/custom/conversion-webhook.ts';
import { DefinitionGone } from '../../kube/kinds/custom/custom-kind.ts';
import { errorBody, type FieldError } from '../../kube/machinery/field-error.ts';
import type { GroupResource } from '../../kube/machinery/resource.ts';
import { goQuote } from '../../kube/machinery/schema/go-names.ts';
import {
  REASON_CODES,
  type Reason,
  type Status,
  type StatusCause,
  type StatusDetails,
} from '../../kube/machinery/status.ts';
import { StoreError } from '../store/errors.ts';

export interface ApiErrorOptions {
  details?: StatusDetails;
  /** Seconds for a `Retry-After` header. */
  retryAfter?: number;
  /** A Status' `metadata.continue`: where an expired list can go on, inconsistently. */
  continueToken?: string;
  code?: number;
  /** Browsers shall not guess what the answer is, as upstream says with the authoriser's refusals. */
  noSniff?: boolean;
  /** The answer is a page of text and no Status. */
  isPage?: boolean;
}

export class ApiError extends Error {
  readonly reason: Reason | '';
  readonly code: number;
  readonly options: ApiErrorOptions;

  constructor(reason: Reason | '', message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.name = 'ApiError';
    this.reason = reason;
    this.code = options.code ?? (reason === '' ? 500 : REASON_CODES[reason]);
    this.options = options;
  }
}

/** No handler is found for the request, which counts as none of its resource then. */
export class Unrouted extends ApiError {}

/** `deployments.apps` → the `details` of an error about it. */
function resourceDetails(resource: GroupResource, name: string): StatusDetails {
  const dot = resource.indexOf('.');
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (dot >= 0) details.group = resource.slice(dot + 1);
  details.kind = dot < 0 ? resource : resource.slice(0, dot);
  return details;
}

export function notFound(resource: GroupResource, name: string): ApiError {
  return new ApiError('NotFound', `${resource} ${quote(name)} not found`, { details: resourceDetails(resource, name) });
}

export function alreadyExists(resource: GroupResource, name: string): ApiError {
  return new ApiError('AlreadyExists', `${resource} ${quote(name)} already exists`, {
    details: resourceDetails(resource, name),
  });
}

/** upstream's OptimisticLockErrorMsg */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: GroupResource, name: string, why: string): ApiError {
  return new ApiError('Conflict', `Operation cannot be fulfilled on ${resource} ${quote(name)}: ${why}`, {
    details: resourceDetails(resource, name),
  });
}

/** etcd's folders of resources that have another than their own name (`SpecialDefaultResourcePrefixes`). */
const FOLDERS: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  services: 'services/specs',
  'ingresses.networking.k8s.io': 'ingress',
};

interface OtherUid {
  namespace: string;
  name: string;
  wanted: string;
  /** '' where there is no object. */
  found: string;
  dryRun: boolean;
}

/** An object of another uid, in the words of upstream's store, which name its key in etcd. */
export function otherUid(
  { resource, custom }: { resource: GroupResource; custom?: unknown },
  { namespace, name, wanted, found, dryRun }: OtherUid,
): ApiError {
  const [plural = '', ...group] = resource.split('.');
  const isGrouped = custom !== undefined || /^(apiextensions|apiregistration)\.k8s\.io$/.test(group.join('.'));
  const folder = FOLDERS[resource] ?? (isGrouped ? `${group.join('.')}/${plural}` : plural);
  // A dry run does not come to the part of the store that knows the prefix.
  const key = [dryRun ? '' : '/registry', folder, ...(namespace === '' ? [] : [namespace]), name].join('/');
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`;
  const error = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  return conflict(resource, name, error);
}

export function forbidden(resource: GroupResource, name: string, why: string, causes?: StatusCause[]): ApiError {
  const what = resource === '' ? 'forbidden' : `${resource}${name === '' ? '' : ` ${quote(name)}`} is forbidden`;
  const details = resource === '' ? {} : resourceDetails(resource, name);
  if (causes) details.causes = causes;
  return new ApiError('Forbidden', `${what}: ${why}`, { details });
}

const MAX_ERRORS = 200;
/** Code units of all errors, beyond which no more are told: each repeats the value that it is about. */
const MAX_ERRORS_SIZE = 64 * 1024;

/** `kind` is qualified: `Deployment.apps`. Equal texts are given once, as upstream's aggregate does. */
export function invalid(kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const texts = new Set<string>();
  const causes: StatusCause[] = [];
  let size = 0;
  for (const error of errors) {
    if (causes.length === MAX_ERRORS || size > MAX_ERRORS_SIZE) break;
    const message = errorBody(error);
    size += message.length;
    texts.add(`${error.field}: ${message}`);
    causes.push({ reason: error.type, message, field: error.field });
  }
  if (causes.length < errors.length) texts.add(`and ${errors.length - causes.length} more`);
  const dot = kind.indexOf('.');
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (dot >= 0) details.group = kind.slice(dot + 1);
  const unqualified = dot < 0 ? kind : kind.slice(0, dot);
  if (unqualified !== '') details.kind = unqualified;
  details.causes = causes;
  const [first] = texts;
  const why = texts.size === 1 ? first : `[${[...texts].join(', ')}]`;
  return new ApiError('Invalid', `${kind} ${quote(name)} is invalid: ${why}`, { details });
}

/**
 * A kind that is a view of a stored one is called as that one: Events of events.k8s.io are core ones. `named`: the kind
 * that the object names, by which upstream calls a custom resource even where its definition has another.
 */
export function qualifiedKind(
  kind: { kind: string; group: string; storedAs?: { resource: GroupResource } },
  named = kind.kind,
): string {
  const dot = kind.storedAs?.resource.indexOf('.') ?? 0;
  const group = !kind.storedAs ? kind.group : dot < 0 ? '' : kind.storedAs.resource.slice(dot + 1);
  return group === '' ? named : `${named}.${group}`;
}

/** As upstream's `apiextensions-apiserver/pkg/apiserver/customresource_handler.go`. */
export const whileTerminating = (resource: GroupResource, name: string): ApiError =>
  forbidden(resource, name, 'create not allowed while custom resource definition is terminating');

export const badRequest = (message: string): ApiError => new ApiError('BadRequest', message);

export const noSuchResource = (): ApiError =>
  new Unrouted('NotFound', 'the server could not find the requested resource', { details: {} });

/** Outside of the built-in groups upstream's last handler has a page, which clients put their own words to. */
export const noPage = (): ApiError => new Unrouted('NotFound', '404 page not found\n', { isPage: true });

export const methodNotAllowed = (
  message = 'the server does not allow this method on the requested resource',
): ApiError => new Unrouted('MethodNotAllowed', message, { details: {} });

/** `NewMethodNotSupported` */
export const methodNotSupported = (resource: string, verb: string): ApiError =>
  new ApiError('MethodNotAllowed', `${verb} is not supported on resources of kind ${quote(resource)}`, {
    details: resourceDetails(resource, ''),
  });

export const notImplemented = (message: string): ApiError => new ApiError('NotImplemented', message);

/** `NewInternalError` */
export function internalError(message: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${message}`, { details: { causes: [{ message }] } });
}

export function unsupportedMediaType(message: string, details?: StatusDetails): ApiError {
  return new ApiError('UnsupportedMediaType', message, { details });
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  const text = `406: Not Acceptable\n\nAvailable representations: ${accepted.join(', ')}`;
  return new ApiError('NotAcceptable', text, { details: {} });
}

export function isUnknownFormat(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'NotAcceptable' && error.message.startsWith('406: ');
}

/** The format would do, the shape (`as=`) would not. */
export function notAcceptableShape(accepted: readonly string[]): ApiError {
  return new ApiError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** The shape is not that of what was asked for (apiserver `pkg/endpoints/handlers/response.go`). */
export function notAcceptableAs(wanted: string, found: string): ApiError {
  return new ApiError('NotAcceptable', `you requested ${wanted}, but the requested object is ${found}`);
}

export function tooManyRequests(): ApiError {
  return new ApiError('TooManyRequests', 'Too many requests, please try again later.', {
    details: { retryAfterSeconds: 1 },
    retryAfter: 1,
  });
}

/**
 * A revision from the future: the client has seen more than this cluster ever wrote. Upstream's cache says when to ask
 * again, and its store, which is asked for one object as it was at a revision, does not.
 */
export function tooLargeResourceVersion(wanted: number | string, current: number, isFromStore = false): ApiError {
  const retryAfter = isFromStore ? undefined : 1;
  return new ApiError('Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: retryAfter,
    },
    retryAfter,
  });
}

export function expired(message: string, continueToken?: string): ApiError {
  return new ApiError('Expired', message, { continueToken });
}

const NO_SPACE =
  "exceeded quota: the cluster's storage is full: delete objects that are not needed (what they take is free a few minutes later), or have its quota raised (ISLET_CLUSTER_STORAGE_BYTES)";

/** A refusal of the store, in the words of the resource that was asked for. */
export function fromStore(error: StoreError, resource: GroupResource, name: string): ApiError {
  switch (error.code) {
    case 'not-found':
      return notFound(resource, name);
    case 'already-exists':
      return alreadyExists(resource, name);
    case 'conflict':
      return conflict(resource, name, MODIFIED);
    case 'compacted':
      return expired('The resourceVersion for the provided list is too old.');
    case 'future-revision':
      return new ApiError('Timeout', error.message, { details: { retryAfterSeconds: 1 }, retryAfter: 1 });
    case 'too-large':
      return new ApiError('RequestEntityTooLarge', error.message);
    case 'no-space':
      return forbidden(resource, name, NO_SPACE);
    case 'too-many':
      return forbidden(resource, name, error.message);
    case 'unreadable':
      return internalError(error.message);
  }
}

/** Any thrown thing as an ApiError. `report` is given the unexpected ones, and gives them an id. */
export function asApiError(
  error: unknown,
  about: { resource: GroupResource; name: string; isHeavy(): boolean },
  report: (error: unknown) => string,
): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError) return fromStore(error, about.resource, about.name);
  if (error instanceof ConversionError) return new ApiError('', error.message);
  if (error instanceof DefinitionGone) return noPage();
  if (error instanceof RangeError && error.message === 'Maximum call stack size exceeded' && about.isHeavy()) {
    return new ApiError('RequestEntityTooLarge', 'the object nests too deep, or holds too many items');
  }
  const id = report(error);
  return internalError(`unexpected error ${id}`);
}

export function statusOf(error: ApiError): Status {
  const { details, continueToken } = error.options;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: (continueToken ? { continue: continueToken } : {}) as Record<string, never>,
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(details ? { details } : {}),
    code: error.code,
  };
}

/** Go's `%q`. */
export const quote = goQuote;
