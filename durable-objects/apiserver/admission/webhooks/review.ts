/**
 * The question and the answer of a webhook (`admission.k8s.io/v1` AdmissionReview; apiserver
 * `pkg/admission/plugin/webhook/request/admissionreview.go`, `errors/statuserror.go`).
 */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Status } from '../../../../kube/machinery/status.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import type { Invocation } from './match.ts';

const GROUP = 'admission.k8s.io';

export interface Verdict {
  allowed: boolean;
  status?: Partial<Status>;
  warnings: readonly string[];
  /** Operations of a JSON patch. */
  patch?: unknown;
}

/** The first version that the webhook and Islet both know; undefined when there is none. */
export function reviewVersion({ webhook }: Invocation['hook']): 'v1' | 'v1beta1' | undefined {
  const known = ['v1', 'v1beta1'] as const;
  const version = webhook.admissionReviewVersions?.find((each) => (known as readonly string[]).includes(each));
  return version as (typeof known)[number] | undefined;
}

/** `object` and `oldObject` are those of the attributes, in the version that the webhook asks for. */
export function reviewText(uid: string, version: string, attributes: Attributes, { served }: Invocation): string {
  const { kind: own } = served;
  const { call, kind, resource, subresource, requestKind, requestResource, userInfo } = attributes;
  const isOwn = own === call.kind;
  const { name: username, uid: userUid, groups, extra } = userInfo;
  const request = {
    uid,
    kind: isOwn ? kind : { group: own.group, version: own.version, kind: own.kind },
    resource: isOwn ? resource : { group: own.group, version: own.version, resource: own.plural },
    ...(subresource ? { subResource: subresource } : {}),
    requestKind,
    requestResource,
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(attributes.name ? { name: attributes.name } : {}),
    ...(attributes.namespace ? { namespace: attributes.namespace } : {}),
    operation: attributes.operation,
    userInfo: { username, ...(userUid ? { uid: userUid } : {}), groups, ...(extra ? { extra } : {}) },
    object: converted(attributes.object, attributes, served) ?? null,
    oldObject: converted(attributes.oldObject, attributes, served) ?? null,
    dryRun: attributes.dryRun,
    options: attributes.operationOptions ?? null,
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: `${GROUP}/${version}`, request });
}

/** The request's object in the version of the invocation, and with its kind in it. */
export function converted(
  object: KubeObject | undefined,
  { call, kind }: Attributes,
  { kind: wanted, conversion }: Invocation['served'],
): KubeObject | undefined {
  if (!object) return undefined;
  if (wanted === call.kind) {
    const { group, version } = kind;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return { ...object, apiVersion, kind: kind.kind };
  }
  const stored = call.conversion ? call.conversion.toStored(object) : object;
  return conversion ? conversion.fromStored(stored) : stored;
}

/** Throws an Error with upstream's words where the answer is none. */
export function verdictOf(text: string, uid: string, version: string, mutating: boolean): Verdict {
  const review = parsed(text);
  const response = review?.response;
  if (!isMap(response)) throw new Error('webhook response was absent');
  const { patch, patchType, warnings, status, allowed } = response;
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
    if (hasPatch && patchType !== 'JSONPatch') throw new Error(`unsupported patch type ${JSON.stringify(patchType)}`);
  }
  return {
    allowed: allowed === true,
    ...(isMap(status) ? { status: status as Partial<Status> } : {}),
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
    ...(mutating && hasPatch ? { patch: decodedPatch(patch as string) } : {}),
  };
}

interface Review {
  apiVersion?: unknown;
  kind?: unknown;
  response: Record<string, unknown>;
}

function parsed(text: string): Partial<Review> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? (value as Partial<Review>) : undefined;
  } catch {
    throw new Error("couldn't decode the answer: it is no JSON");
  }
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

function decodedPatch(base64: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`received undecodable patch in webhook response: ${(error as Error).message}`);
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `ToStatusErr` */
export function denial(name: string, status: Partial<Status> = {}): ApiError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const { message, reason, code = 0, details } = status;
  const text = message ? `${by}: ${message}` : reason ? `${by}: ${reason}` : `${by} without explanation`;
  return new ApiError(reason ?? '', text, { code: code < 400 ? 400 : code, details });
}
