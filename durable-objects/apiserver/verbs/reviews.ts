/** Questions that are asked by creating an object, which is answered and not kept (`kubectl auth can-i`, `whoami`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { PolicyRule } from '../../../kube/types.ts';
import { Attributes } from '../admission/attributes.ts';
import { nodeOf } from '../authz/node.ts';
import { aggregate } from '../authz/rbac/authority.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { badRequest, invalid } from '../errors.ts';
import type { UserInfo } from '../request.ts';
import { decodeUnstored } from '../write/decode.ts';
import { parseWriteOptions } from '../write/options.ts';
import { trackFields } from '../write/track-fields.ts';
import { type AccessSpec, accessErrors, localErrors, questionOf, subjectAccessErrors } from './access-review.ts';

interface Review {
  /** Throws where the question is none. */
  check?(call: Call, object: KubeObject): void;
  /** Answers the object, which it may change. */
  answer(call: Call, object: KubeObject): KubeObject;
}

/** By resource. */
const ANSWERS: Readonly<Record<string, Review>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': access(
    (_, object) => [...accessErrors(specOf(object)), ...metadataErrors(object)],
    ({ user }) => user,
  ),
  'subjectaccessreviews.authorization.k8s.io': access(
    (_, object) => [...subjectAccessErrors(specOf(object)), ...metadataErrors(object)],
    (_, object) => subject(specOf(object)),
  ),
  'localsubjectaccessreviews.authorization.k8s.io': access(
    ({ info }, object) => [
      ...subjectAccessErrors(specOf(object)),
      ...metadataErrors(object, 'namespace'),
      ...localErrors(specOf(object), info.namespace),
    ],
    (_, object) => subject(specOf(object)),
  ),
  'selfsubjectreviews.authentication.k8s.io': {
    answer({ user, now }, { kind, apiVersion }) {
      const userInfo = { username: user.name, uid: user.uid, groups: user.groups, extra: user.extra };
      return { kind, apiVersion, metadata: { creationTimestamp: rfc3339(now) }, status: { userInfo } };
    },
  },
  'selfsubjectrulesreviews.authorization.k8s.io': {
    check(_, object) {
      if (!namespaceOf(object)) throw badRequest('no namespace on request');
    },
    answer: rules,
  },
};

/** The verb that answers a created review, by resource. */
export const REVIEWS: Readonly<Record<string, (call: Call) => Promise<ObjectAnswer>>> = Object.fromEntries(
  Object.entries(ANSWERS).map(([resource, answer]) => [resource, (call: Call) => review(call, answer)]),
);

async function review(call: Call, { check, answer }: Review): Promise<ObjectAnswer> {
  const options = parseWriteOptions(call.query, 'CreateOptions');
  const object = decodeUnstored(call, call.kind, options.fieldValidation);
  const attributes = new Attributes(call, { operation: 'CREATE', object, options });
  await call.server.admission.admit(attributes, () => check?.(call, object));
  return { type: 'object', code: 201, text: JSON.stringify(answer(call, object)) };
}

const specOf = ({ spec }: KubeObject): AccessSpec => (spec ?? {}) as AccessSpec;

function subject({ user = '', uid, groups = [], extra }: AccessSpec): UserInfo {
  return { name: user, uid, groups, extra };
}

function metadataErrors({ metadata }: KubeObject, except?: keyof ObjectMeta): FieldError[] {
  const given = Object.entries(metadata).filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (given.every(([field]) => field === 'managedFields' || field === except)) return [];
  const why = except === undefined ? 'must be empty' : `must be empty except for ${except}`;
  return [fieldError.invalid('metadata', metadata, why)];
}

/** A review of whether a user may do something. `errorsOf`: its faults; `userOf`: the user that it names. */
function access(
  errorsOf: (call: Call, object: KubeObject) => readonly FieldError[],
  userOf: (call: Call, object: KubeObject) => UserInfo,
): Review {
  return {
    check(call, object) {
      object.metadata.managedFields = trackFields(call, undefined, object);
      const errors = errorsOf(call, object);
      if (errors.length > 0) throw invalid('.authorization.k8s.io', '', errors);
    },
    answer(call, object) {
      const { attributes, evaluationError } = questionOf(specOf(object), userOf(call, object));
      const { allowed, reason } = call.server.authorize(attributes);
      const status = { allowed, ...(reason ? { reason } : {}), ...(evaluationError ? { evaluationError } : {}) };
      return { ...object, status };
    },
  };
}

function namespaceOf({ spec }: KubeObject): string {
  return (spec as { namespace?: string } | undefined)?.namespace ?? '';
}

/** Upstream `pkg/registry/authorization/selfsubjectrulesreview/rest.go`: the answer repeats nothing of the question. */
function rules({ user, server }: Call, object: KubeObject): KubeObject {
  const { apiVersion, kind } = object;
  const { lists, broken } = server.rules.rulesFor(user, namespaceOf(object));
  const { found, isCut } = listed(lists);
  const isNode = nodeOf(user) !== undefined;
  const problems = isNode ? ['node authorizer does not support user rule resolution'] : [];
  if (isCut) problems.push(TOO_MANY_RULES);
  if (broken.length > 0) problems.push(aggregate(broken.map(({ problem }) => problem)));
  return {
    kind,
    apiVersion,
    metadata: {},
    spec: {},
    status: {
      resourceRules: found
        .filter(({ resources }) => resources?.length)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: found
        .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      // The rights of a node depend on the pods that it runs.
      incomplete: isNode || isCut,
      ...(problems.length > 0 ? { evaluationError: aggregate(problems) } : {}),
    },
  };
}

/** In characters. Roles are of up to 1.5 MB, and each binding repeats them. */
const MAX_RULES_SIZE = 4 * 1024 * 1024;
const TOO_MANY_RULES = 'there are too many rules to list all of them';

function listed(lists: readonly (readonly PolicyRule[])[]): { found: PolicyRule[]; isCut: boolean } {
  const sizes = new Map<readonly PolicyRule[], number>();
  const found: PolicyRule[] = [];
  let size = 0;
  for (const rules of lists) {
    const own = sizes.get(rules) ?? JSON.stringify(rules).length;
    sizes.set(rules, own);
    size += own;
    if (size > MAX_RULES_SIZE) return { found, isCut: true };
    for (const rule of rules) found.push(rule);
  }
  return { found, isCut: false };
}
