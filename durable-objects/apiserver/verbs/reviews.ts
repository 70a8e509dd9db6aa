/** Questions that are asked by creating an object, which is answered and not kept (`kubectl auth can-i`, `whoami`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Attributes, Authorizer } from '../authz/attributes.ts';
import { mayDoEverything } from '../authz/masters.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { badRequest, invalid, notImplemented } from '../errors.ts';
import type { UserInfo } from '../request.ts';
import { decodeObject } from '../write/decode.ts';
import { matchNamespace } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';

interface AccessSpec {
  user?: string;
  groups?: string[];
  uid?: string;
  resourceAttributes?: {
    namespace?: string;
    verb?: string;
    group?: string;
    version?: string;
    resource?: string;
    subresource?: string;
    name?: string;
  };
  nonResourceAttributes?: { path?: string; verb?: string };
}

type Review = (call: Call, object: KubeObject) => unknown;

/** By resource. */
export const REVIEWS: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': ({ user, server }, object) =>
    access(object.spec as AccessSpec, user, server.authorize),
  'subjectaccessreviews.authorization.k8s.io': ({ server }, object) => {
    const spec = object.spec as AccessSpec;
    return access(spec, subject(spec), server.authorize, subjectErrors(spec));
  },
  'localsubjectaccessreviews.authorization.k8s.io': ({ info, server }, object) => {
    const spec = object.spec as AccessSpec;
    const errors = [...subjectErrors(spec), ...localErrors(spec, info.namespace)];
    return access(spec, subject(spec), server.authorize, errors);
  },
  'selfsubjectreviews.authentication.k8s.io': ({ user }) => ({
    userInfo: { username: user.name, uid: user.uid, groups: user.groups, extra: user.extra },
  }),
  'selfsubjectrulesreviews.authorization.k8s.io': ({ user }, { spec }) => {
    if (!(spec as { namespace?: string } | undefined)?.namespace) throw badRequest('no namespace on request');
    return rules(user);
  },
  'tokenreviews.authentication.k8s.io': () => {
    throw notImplemented('token reviews are not supported yet: tokens are checked at the edge');
  },
};

export function review(call: Call, answer: Review): ObjectAnswer {
  const options = parseWriteOptions(call.query, 'CreateOptions');
  const object = decodeObject(call, call.kind, options.fieldValidation);
  matchNamespace(call, object);
  object.status = answer(call, object);
  if (call.kind.kind === 'SelfSubjectReview') object.metadata.creationTimestamp = rfc3339(call.now);
  return { type: 'object', code: 201, text: JSON.stringify(object) };
}

function subject(spec: AccessSpec): UserInfo {
  return { name: spec.user ?? '', uid: spec.uid, groups: spec.groups ?? [] };
}

/** Upstream's `pkg/apis/authorization/validation`. */
function accessErrors({ resourceAttributes: resource, nonResourceAttributes: path }: AccessSpec): FieldError[] {
  if (resource && path) {
    const given = { Path: path.path ?? '', Verb: path.verb ?? '' };
    const why = 'cannot be specified in combination with resourceAttributes';
    return [fieldError.invalid('spec.nonResourceAttributes', given, why)];
  }
  if (resource || path) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [fieldError.invalid('spec.resourceAttributes', undefined, why)];
}

function subjectErrors({ user, groups }: AccessSpec): FieldError[] {
  if (user || groups?.length) return [];
  return [fieldError.invalid('spec.user', '', 'at least one of user or group must be specified')];
}

function localErrors(
  { resourceAttributes: resource, nonResourceAttributes: path }: AccessSpec,
  namespace: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (resource && (resource.namespace ?? '') !== namespace) {
    const why = 'must match metadata.namespace';
    errors.push(fieldError.invalid('spec.resourceAttributes.namespace', resource.namespace ?? '', why));
  }
  if (path) {
    const given = { Path: path.path ?? '', Verb: path.verb ?? '' };
    errors.push(fieldError.invalid('spec.nonResourceAttributes', given, 'disallowed on this kind of request'));
  }
  return errors;
}

/** `more`: errors beside those that every such question may have. */
function access(spec: AccessSpec, user: UserInfo, authorize: Authorizer, more: readonly FieldError[] = []): unknown {
  const errors = [...accessErrors(spec), ...more];
  if (errors.length > 0) throw invalid('.authorization.k8s.io', '', errors);
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const attributes: Attributes = {
    user,
    verb: resource?.verb ?? path?.verb ?? '',
    isResource: resource !== undefined,
    group: resource?.group ?? '',
    version: resource?.version ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    path: path?.path ?? '',
  };
  const { allowed, reason } = authorize(attributes);
  return { allowed, ...(reason ? { reason } : {}) };
}

/** The roles are no objects yet, so their rules cannot be listed: the answer says whether everything is allowed. */
function rules(user: UserInfo): unknown {
  const everything = mayDoEverything(user);
  return {
    incomplete: !everything,
    resourceRules: everything ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
    nonResourceRules: everything ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
    ...(everything ? {} : { evaluationError: 'fixed roles of the cluster are not listed' }),
  };
}
