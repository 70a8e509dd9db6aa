/**
 * A user may not have a policy read what it may not read itself (upstream
 * `pkg/registry/admissionregistration/{validating,mutating}admissionpolicy{,binding}/authz.go`).
 */
import { sameJson } from '../../../kube/machinery/equality.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, keyOf } from '../../../kube/machinery/resource.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../kube/types.ts';
import type { Call } from '../call.ts';
import { invalid, qualifiedKind } from '../errors.ts';
import type { UserInfo } from '../request.ts';
import { isMaster } from './attributes.ts';

const GROUP = 'admissionregistration.k8s.io';

type Spec<T extends { spec?: unknown }> = NonNullable<T['spec']>;
type ParamKind = NonNullable<Spec<ValidatingAdmissionPolicy>['paramKind']>;

/** Throws 422. Objects of other kinds pass. */
export function checkParamAccess(call: Call, object: KubeObject, old?: KubeObject): void {
  const { kind, user } = call;
  if (kind.group !== GROUP || isMaster(user)) return;
  const error = /AdmissionPolicy$/.test(kind.kind)
    ? policyError(call, object, old)
    : /AdmissionPolicyBinding$/.test(kind.kind) && bindingError(call, object, old);
  if (error) throw invalid(qualifiedKind(kind), object.metadata.name ?? '', [error]);
}

function policyError(call: Call, object: KubeObject, old: KubeObject | undefined): FieldError | undefined {
  const { paramKind } = (object.spec ?? {}) as Spec<ValidatingAdmissionPolicy>;
  const before = (old?.spec ?? {}) as Spec<ValidatingAdmissionPolicy>;
  if (!paramKind || (before.paramKind && sameJson(before.paramKind, paramKind))) return undefined;
  const asked = resourceOf(call, paramKind);
  if (mayRead(call, { ...asked, verb: 'get', name: '*', namespace: '*' })) return undefined;
  const { kind, apiVersion } = paramKind;
  const which = `all objects of the referenced paramKind (kind=${kind}, apiVersion=${apiVersion})`;
  return fieldError.forbidden('spec.paramKind', `user ${userText(call.user)} must have "get" permission on ${which}`);
}

function bindingError(call: Call, object: KubeObject, old: KubeObject | undefined): FieldError | undefined {
  const { paramRef, policyName } = (object.spec ?? {}) as Spec<ValidatingAdmissionPolicyBinding>;
  const before = old?.spec as Spec<ValidatingAdmissionPolicyBinding> | undefined;
  if (!paramRef) return undefined;
  const isSame = before?.paramRef && sameJson(before.paramRef, paramRef);
  if (isSame && before.policyName === policyName) return undefined;
  const policies = call.kind.resource.replace('policybindings', 'policies') as GroupResource;
  const stored = call.server.store.get(keyOf(policies, '', policyName));
  const policy = stored && (JSON.parse(stored.text) as ValidatingAdmissionPolicy);
  const paramKind = policy?.spec?.paramKind;
  const asked = paramKind ? resourceOf(call, paramKind) : ANY;
  const verb = paramRef.name ? 'get' : 'list';
  const { name = '', namespace = '' } = paramRef;
  if (mayRead(call, { ...asked, verb, name, namespace })) return undefined;
  const user = userText(call.user);
  const lacks = `to determine minimum required permissions and user ${user} does not have "${verb}" permission for all groups, versions and resources`;
  const why = !policy
    ? `unable to get policy ${policyName} ${lacks}`
    : paramKind && asked.resource === '*'
      ? `unable to resolve paramKind ${paramKind.apiVersion}, Kind=${paramKind.kind} ${lacks}`
      : `user ${user} does not have "${verb}" permission on the object referenced by paramRef`;
  return fieldError.forbidden('spec.paramRef', why);
}

interface Asked {
  group: string;
  version: string;
  resource: string;
}

const ANY: Asked = { group: '*', version: '*', resource: '*' };

/** All resources of the version where the kind is not served. */
function resourceOf({ server }: Call, { apiVersion = '', kind = '' }: ParamKind): Asked {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, resource: server.kinds.findKind(apiVersion, kind)?.kind.plural ?? '*' };
}

function mayRead({ server, user }: Call, asked: Asked & { verb: string; name: string; namespace: string }): boolean {
  return server.authorize({ ...asked, user, isResource: true, subresource: '', path: '' }).allowed;
}

/** As Go prints a `user.DefaultInfo`. */
function userText({ name, uid = '', groups, extra = {} }: UserInfo): string {
  const entries = Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.map(([key, values]) => `${key}:[${values.join(' ')}]`);
  return `&{${name} ${uid} [${groups.join(' ')}] map[${texts.join(' ')}]}`;
}
