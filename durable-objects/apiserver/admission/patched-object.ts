/** The object as the cluster's own plugins (webhooks, mutating policies) are shown it and change it. */

import { inVersion } from '../../../kube/kinds/registry.ts';
import { givenManagers } from '../../../kube/machinery/apply/managers.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { checkObject } from '../../../kube/machinery/schema/check.ts';
import { goValueName } from '../../../kube/machinery/schema/go-names.ts';
import { kindSchema } from '../../../kube/machinery/schema/resolve.ts';
import { internalError } from '../errors.ts';
import { typeApplied, typePatched } from '../write/decode.ts';
import type { Attributes } from './attributes.ts';
import type { Invocation } from './webhooks/match.ts';
import { converted, isOwnKind, objectBeforeNaming } from './webhooks/review.ts';

type Served = Invocation['served'];

/** A request, and the kind in which a plugin of the cluster sees its object. */
export interface Sight {
  attributes: Attributes;
  served: Served;
}

type Making = 'lenient' | 'strict' | ((why: string) => Error);

/** A private copy as JSON has it: fields without a value are none. */
export function shownObject({ attributes, served }: Sight): KubeObject {
  const text = JSON.stringify(converted(objectBeforeNaming(attributes), attributes, served));
  attributes.copied += text.length;
  return parseExact(text) as KubeObject;
}

/**
 * The object in the request's version, made of what has become of the one that was shown. Throws 500 for what is no
 * object of that kind, where it was decoded; `strict`: nor may a built-in kind have fields that it does not know. An
 * object that was merged is converted instead, and a function makes the error.
 */
export function patchedObject(
  { attributes, served }: Sight,
  result: unknown,
  shown: Pick<KubeObject, 'apiVersion' | 'kind'>,
  how: Making = 'lenient',
): KubeObject {
  const { call, object } = attributes;
  const next = typed({ attributes, served }, result, shown, how);
  if (!next.metadata.name && object?.metadata?.name && attributes.name === '')
    next.metadata.name = object.metadata.name;
  keepManagers(attributes, next);
  if (served.kind === call.kind || !isOwnKind(attributes)) return next;
  return inVersion(next, served, call, call.answers);
}

/** Returns whether that changes anything. */
export function replaceObject(object: KubeObject, next: KubeObject): boolean {
  if (sameJson(object, next)) return false;
  for (const field of Object.keys(object)) delete (object as unknown as Record<string, unknown>)[field];
  Object.assign(object, next);
  return true;
}

function typed(
  { attributes, served: { kind: served } }: Sight,
  result: unknown,
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
  how: Making,
): KubeObject {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) {
    throw internalError(`json: cannot unmarshal ${goValueName(result, false)} into Go value of type ${kind}`);
  }
  const next = result as KubeObject;
  next.apiVersion ||= apiVersion;
  next.kind ||= kind;
  if (next.apiVersion !== apiVersion || next.kind !== kind) {
    throw internalError(`converting (${next.apiVersion}.${next.kind}) to (${apiVersion}.${kind}): unknown conversion`);
  }
  if (isOwnKind(attributes)) {
    const isMerged = typeof how === 'function';
    const made = isMerged
      ? typeApplied(served, next)
      : typePatched(served, next, how === 'strict' && !served.custom ? 'Strict' : 'Ignore');
    if ('error' in made) throw isMerged ? how(made.error) : internalError(made.error);
    return made.object;
  }
  const { group, version } = attributes.kind;
  const schema = kindSchema(group, version, kind);
  if (!schema) return next;
  const { object, error } = checkObject(schema, next, { directive: 'Ignore' });
  if (error) throw internalError(error);
  object.metadata ??= {};
  return object as unknown as KubeObject;
}

/** Managers that cannot be read are those from before (`NewManagedFieldsValidatingAdmissionController`). */
function keepManagers({ call, object }: Attributes, { metadata }: KubeObject): void {
  const before = object?.metadata?.managedFields;
  const { managedFields } = metadata;
  if (!managedFields?.length || sameJson(before, managedFields) || givenManagers(managedFields)) return;
  if (before) metadata.managedFields = before;
  else delete metadata.managedFields;
  call.warnings.push(
    '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: an entry cannot be read',
  );
}
