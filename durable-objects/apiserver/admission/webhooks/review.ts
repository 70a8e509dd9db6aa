/**
 * The question and the answer of a webhook (`admission.k8s.io/v1` AdmissionReview; apiserver
 * `pkg/admission/plugin/webhook/request/admissionreview.go`, `errors/statuserror.go`).
 */

import { inVersion } from '../../../../kube/kinds/registry.ts';
import { parseExact } from '../../../../kube/machinery/exact-json.ts';
import { isObject } from '../../../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { jsonSyntaxError } from '../../../../kube/machinery/schema/json-syntax.ts';
import type { Status } from '../../../../kube/machinery/status.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import type { Invocation } from './match.ts';

const GROUP = 'admission.k8s.io';
const JSON_PATCH = 'JSONPatch';

export interface Verdict {
  allowed: boolean;
  status?: Partial<Status>;
  warnings: readonly string[];
  auditAnnotations: Readonly<Record<string, string>>;
  /** Of a webhook that allows the request. */
  encoded?: { patch: string; type: string };
}

/** The first version that the webhook and Islet both know; undefined when there is none. */
export function reviewVersion({ webhook }: Invocation['hook']): 'v1' | 'v1beta1' | undefined {
  const known = ['v1', 'v1beta1'] as const;
  const version = webhook.admissionReviewVersions?.find((each) => (known as readonly string[]).includes(each));
  return version as (typeof known)[number] | undefined;
}

/** The object before the server has given it a name, where it is to generate one; validating plugins see that name. */
export function objectBeforeNaming({ object, operation, name }: Attributes): KubeObject | undefined {
  if (operation !== 'CREATE' || name !== '' || !object?.metadata.generateName) return object;
  const { name: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** `object` and `oldObject` are those of the attributes, in the version that the webhook asks for. */
export function reviewText(
  uid: string,
  version: string,
  attributes: Attributes,
  { served }: Invocation,
  mutating: boolean,
): string {
  const { kind: own } = served;
  const { call, kind, resource, subresource, requestKind, requestResource, userInfo } = attributes;
  const isOwn = own === call.kind;
  const object = mutating ? objectBeforeNaming(attributes) : attributes.object;
  const name = attributes.name || (mutating ? '' : object?.metadata?.name);
  const { name: username, uid: userUid, groups, extra } = userInfo;
  const request = {
    uid,
    kind: isOwn || !isOwnKind(attributes) ? kind : { group: own.group, version: own.version, kind: own.kind },
    resource: isOwn ? resource : { group: own.group, version: own.version, resource: own.plural },
    ...(subresource ? { subResource: subresource } : {}),
    requestKind,
    requestResource,
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(name ? { name } : {}),
    ...(attributes.toldNamespace ? { namespace: attributes.toldNamespace } : {}),
    operation: attributes.operation,
    userInfo: { username, ...(userUid ? { uid: userUid } : {}), groups, ...(extra ? { extra } : {}) },
    object: converted(object, attributes, served) ?? null,
    oldObject: converted(attributes.oldObject, attributes, served) ?? null,
    dryRun: attributes.dryRun,
    options: attributes.operationOptions ?? null,
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: `${GROUP}/${version}`, request });
}

/** Not a Scale, Binding or another body of a subresource, which have no other versions. */
export function isOwnKind({ call, kind }: Attributes): boolean {
  return kind.kind === call.kind.kind && kind.group === call.kind.group;
}

/** The request's object in the version of the invocation, and with its kind in it. */
export function converted(
  object: KubeObject | undefined,
  attributes: Attributes,
  served: Invocation['served'],
): KubeObject | undefined {
  if (!object) return undefined;
  const { call, kind } = attributes;
  if (served.kind === call.kind || !isOwnKind(attributes)) {
    const { group, version } = kind;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return { ...object, apiVersion, kind: kind.kind };
  }
  return inVersion(object, call, served, call.answers);
}

/** Throws an Error with upstream's words where the answer is none. */
export function verdictOf(text: string, uid: string, version: string, mutating: boolean): Verdict {
  const review = parsed(text, version);
  const response = review?.response;
  if (!isObject(response)) throw new Error('webhook response was absent');
  checkTypes(response);
  const { patch, warnings, status, allowed, auditAnnotations } = response;
  // Not every language leaves out what it does not give.
  const patchType = response.patchType ?? undefined;
  if (version === 'v1') checkFirst(review as Review, uid, version);
  const hasPatch = typeof patch === 'string' && patch !== '';
  if (!mutating) {
    if (version === 'v1' && hasPatch) throw new Error('validating webhook may not return response.patch');
    if (version === 'v1' && patchType !== undefined) {
      throw new Error('validating webhook may not return response.patchType');
    }
  } else if (version === 'v1') {
    if (hasPatch && patchType === undefined)
      throw new Error('webhook returned response.patch but not response.patchType');
    if (!hasPatch && patchType !== undefined) {
      throw new Error('webhook returned response.patchType but not response.patch');
    }
    if (patchType === '') throw new Error('webhook returned invalid response.patchType of ""');
  }
  return {
    allowed: allowed === true,
    ...(isObject(status) ? { status: status as Partial<Status> } : {}),
    auditAnnotations: (auditAnnotations ?? {}) as Record<string, string>,
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
    ...(mutating && hasPatch && allowed === true
      ? { encoded: { patch: patch as string, type: version === 'v1' ? String(patchType) : JSON_PATCH } }
      : {}),
  };
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  allowed: (value) => typeof value === 'boolean',
  patch: (value) => typeof value === 'string',
  patchType: (value) => typeof value === 'string',
  warnings: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  auditAnnotations: (value) => isObject(value) && Object.values(value).every((each) => typeof each === 'string'),
  status: (value) => isObject(value) && hasTypes(value, STATUS_TYPES) === undefined,
};
const STATUS_TYPES: typeof TYPES = {
  code: (value) => Number.isInteger(value),
  message: (value) => typeof value === 'string',
  reason: (value) => typeof value === 'string',
  details: (value) => isObject(value) && hasTypes(value, DETAILS_TYPES) === undefined,
};
const DETAILS_TYPES: typeof TYPES = {
  retryAfterSeconds: (value) => Number.isInteger(value),
  causes: (value) => Array.isArray(value) && value.every(isObject),
};

/** The first field of another type; null is as good as nothing. */
function hasTypes(value: Record<string, unknown>, types: typeof TYPES): string | undefined {
  return Object.keys(types).find((field) => value[field] != null && !types[field]?.(value[field]));
}

function checkTypes(response: Record<string, unknown>): void {
  const field = hasTypes(response, TYPES);
  if (field !== undefined) throw new Error(`couldn't decode the answer: response.${field} is of another type`);
}

interface Review {
  apiVersion?: unknown;
  kind?: unknown;
  response: Record<string, unknown>;
}

/** An answer that is no AdmissionReview of the version. It counts as a failed call, as upstream's client reads answers. */
export class UnreadableReview extends Error {}

function parsed(text: string, version: string): Partial<Review> | undefined {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    const why = jsonSyntaxError(text) ?? 'invalid JSON';
    throw new UnreadableReview(`couldn't get version/kind; json parse error: ${why}`);
  }
  const review = isObject(value) ? (value as Partial<Review>) : undefined;
  const other = version === 'v1' ? 'v1beta1' : 'v1';
  if (review?.kind === 'AdmissionReview' && review.apiVersion === `${GROUP}/${other}`) {
    throw new UnreadableReview(
      `converting (${other}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`,
    );
  }
  return review;
}

function checkFirst({ apiVersion, kind, response }: Review, uid: string, version: string): void {
  if (response.uid !== uid) {
    const given = typeof response.uid === 'string' ? response.uid : '';
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`);
  }
  if (apiVersion === `${GROUP}/${version}` && kind === 'AdmissionReview') return;
  const got = `${typeof apiVersion === 'string' ? apiVersion : ''}, Kind=${typeof kind === 'string' ? kind : ''}`;
  throw new Error(`expected webhook response of ${GROUP}/${version}, Kind=AdmissionReview, got ${got}`);
}

/** The operations of a JSON patch. Throws an Error with upstream's words where it is none. */
export function patchOf({ encoded }: Verdict): unknown {
  if (!encoded) return undefined;
  let patch: unknown;
  try {
    const bytes = Uint8Array.from(atob(encoded.patch), (char) => char.charCodeAt(0));
    patch = parseExact(new TextDecoder().decode(bytes)) ?? undefined;
  } catch (error) {
    throw new Error(`received undecodable patch in webhook response: ${(error as Error).message}`);
  }
  // Upstream reads the patch before it looks at its type.
  if (patch !== undefined && !Array.isArray(patch)) {
    const given =
      patch === null ? 'null' : isObject(patch) ? 'object' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const why = `json: cannot unmarshal ${given} into Go value of type jsonpatch.Patch`;
    throw new Error(`received undecodable patch in webhook response: ${why}`);
  }
  if (encoded.type !== JSON_PATCH) throw new Error(`unsupported patch type ${JSON.stringify(encoded.type)}`);
  return patch;
}

/** HTTP has no greater ones. */
const MAX_CODE = 599;

/** `ToStatusErr` */
export function denial(name: string, status: Partial<Status> = {}): ApiError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const { message, reason, details } = status;
  const code = status.code ?? 0;
  const text = message ? `${by}: ${message}` : reason ? `${by}: ${reason}` : `${by} without explanation`;
  return new ApiError(reason ?? '', text, {
    code: code < 400 ? 400 : Math.min(code, MAX_CODE),
    details: details ?? undefined,
  });
}
