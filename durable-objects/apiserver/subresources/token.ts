/** `serviceaccounts/{name}/token`: TokenRequest (upstream `pkg/registry/core/serviceaccount/storage/token.go`). */
import { NAME_AND_CREATED_AT } from '../../../kube/kinds/columns/column.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { isPathSegmentName } from '../../../kube/machinery/names.ts';
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { kindSchema } from '../../../kube/machinery/schema/resolve.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Pod, ServiceAccount } from '../../../kube/types.ts';
import { type AccountBinding, ISSUER_HEADER } from '../../../wire/identity.ts';
import { accountPayload } from '../../../wire/service-account-tokens.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { badRequest, conflict, invalid, notFound } from '../errors.ts';
import type { ApiRequest } from '../request.ts';
import { type Decodable, decodeObject } from '../write/decode.ts';
import { matchNamespace } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';
import { dedupOwnerReferences } from '../write/owner-references.ts';
import { trackFields } from '../write/track-fields.ts';
import type { Subresource } from './subresource.ts';

interface BoundObjectReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  uid?: string;
}

export interface TokenRequest extends KubeObject {
  spec: { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: BoundObjectReference | null };
}

const GVK = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const QUALIFIED = 'TokenRequest.authentication.k8s.io';
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;
/**
 * Admission asks for this odd time (`WarnOnlyBoundTokenExpirationSeconds`): old clients never read their token again, so
 * theirs counts for a year, and says from when on its use is worth a warning.
 */
export const AUTOMOUNT_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;
/** Callers inside the cluster call the API by no address. */
const IN_CLUSTER_ISSUER = 'https://kubernetes.default.svc';

const DECODED: Decodable = {
  ...GVK,
  apiVersion: 'authentication.k8s.io/v1',
  get schema() {
    return kindSchema(GVK.group, GVK.version, GVK.kind) as Decodable['schema'];
  },
  strategy: {
    applyDefaults(object: KubeObject) {
      const request = object as TokenRequest;
      request.spec ??= {};
      request.spec.expirationSeconds ??= DEFAULT_SECONDS;
    },
  } as Decodable['strategy'],
};

export const token: Subresource = { create: requestToken };

/** The audience of the API, and the issuer of its tokens, by the address that was asked. */
export function issuerOfRequest(request: ApiRequest): string {
  return request.header(ISSUER_HEADER) ?? IN_CLUSTER_ISSUER;
}

async function requestToken(call: Call): Promise<ObjectAnswer> {
  const { info, server, query, now } = call;
  const options = parseWriteOptions(query, 'CreateOptions');
  const request = decodeObject(call, DECODED, options.fieldValidation) as TokenRequest;
  matchNamespace(call, request);
  dedupOwnerReferences(request, call.warnings, false);
  request.metadata.managedFields = trackFields(call, undefined, request, DECODED);
  const attributes = new Attributes(call, { operation: 'CREATE', object: request, kind: GVK, options });
  await server.admission.admit(attributes);
  checkName(request, info.name);

  const stored = server.store.get(keyOf('serviceaccounts', info.namespace, info.name));
  if (!stored) throw notFound('serviceaccounts', info.name);
  const { metadata: account } = JSON.parse(stored.text) as ServiceAccount;
  const { metadata, spec } = request;
  if (metadata.uid && metadata.uid !== account.uid) {
    const why = `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${account.uid})`;
    throw conflict(QUALIFIED, info.name, why);
  }
  const issuer = issuerOfRequest(call.request);
  const audiences = spec.audiences?.length ? spec.audiences : [issuer];
  const { expirationSeconds = DEFAULT_SECONDS } = spec;
  const errors = lifetimeErrors(expirationSeconds);
  if (errors.length > 0) throw invalid(QUALIFIED, '', errors);

  const bound = boundObjects(call, spec.boundObjectRef);
  // The time in the status is not later than the token's.
  const seconds = Math.floor(now / 1000);
  const isExtended =
    bound.pod !== undefined &&
    expirationSeconds === AUTOMOUNT_SECONDS &&
    audiences.every((audience) => audience === issuer);
  const payload = accountPayload({
    issuer,
    cluster: server.identity.cluster.id,
    binding: { audiences, namespace: info.namespace, account: referenceTo(account), ...bound },
    jti: server.random.uuid(),
    now: seconds,
    expires: isExtended ? EXTENDED_SECONDS : expirationSeconds,
    ...(isExtended ? { warnAfter: expirationSeconds } : {}),
  });
  const signed = await server.identity.keys().signPayload(payload);
  const { name, namespace, uid } = account;
  const shown = {
    kind: GVK.kind,
    apiVersion: DECODED.apiVersion,
    metadata: { ...metadata, name, namespace, uid, creationTimestamp: rfc3339(now) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token: signed, expirationTimestamp: rfc3339((seconds + expirationSeconds) * 1000) },
  };
  return { type: 'object', code: 201, text: JSON.stringify(shown), columns: NAME_AND_CREATED_AT };
}

function checkName({ metadata }: TokenRequest, name: string): void {
  if (metadata.name && metadata.name !== name) {
    const why = 'must match the service account name if specified';
    throw invalid(QUALIFIED, name, [fieldError.invalid('metadata.name', metadata.name, why)]);
  }
}

/** `pkg/apis/authentication/validation` ValidateTokenRequest. */
function lifetimeErrors(seconds: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < MIN_SECONDS) {
    return [fieldError.invalid(field, seconds, 'may not specify a duration less than 10 minutes')];
  }
  if (seconds > MAX_SECONDS) {
    return [fieldError.invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  }
  return [];
}

type Bound = Pick<AccountBinding, 'pod' | 'node' | 'secret'>;

/** Throws where the object is not there, is another one by now, or is of a kind that no token is bound to. */
function boundObjects(call: Call, reference: BoundObjectReference | null | undefined): Bound {
  if (!reference) return {};
  const { namespace, name: account } = call.info;
  const { apiVersion = '', kind = '', name = '' } = reference;
  const isCore = !apiVersion.includes('/');
  if (isCore && kind === 'Pod') {
    const pod = read<Pod>(call, 'pods', namespace, name);
    if (pod.spec?.serviceAccountName !== account) {
      const why = `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`;
      throw badRequest(why);
    }
    checkUid(reference, pod);
    return { pod: referenceTo(pod.metadata), ...nodeOf(call, pod) };
  }
  if (isCore && (kind === 'Node' || kind === 'Secret')) {
    const isNode = kind === 'Node';
    const object = read(call, isNode ? 'nodes' : 'secrets', isNode ? '' : namespace, name);
    checkUid(reference, object);
    return { [isNode ? 'node' : 'secret']: referenceTo(object.metadata) };
  }
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const type = `${group}/${apiVersion.slice(slash + 1)}, Kind=${kind}`;
  throw badRequest(`cannot bind token to object of type ${type}`);
}

function read<T extends KubeObject>(call: Call, resource: string, namespace: string, name: string): T {
  if (name === '') throw badRequest('Name parameter required.');
  const wrong = isPathSegmentName(name);
  if (wrong.length > 0) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${wrong.join(';')}`);
  const stored = call.server.store.get(keyOf(resource, namespace, name));
  if (!stored) throw notFound(resource, name);
  return JSON.parse(stored.text) as T;
}

function checkUid({ kind = '', name = '', uid }: BoundObjectReference, { metadata }: KubeObject): void {
  if (!uid || uid === metadata.uid) return;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict(kind, name, why);
}

/** The node that the pod is on, by its name alone where there is no such Node. */
function nodeOf({ server }: Call, { spec }: Pod): Bound {
  const name = spec?.nodeName;
  if (!name) return {};
  const stored = server.store.get(keyOf('nodes', '', name));
  return { node: { name, uid: (stored && (JSON.parse(stored.text) as KubeObject).metadata.uid) ?? '' } };
}

function referenceTo({ name = '', uid = '' }: ObjectMeta): { name: string; uid: string } {
  return { name, uid };
}
