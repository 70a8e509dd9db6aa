/**
 * MutatingAdmissionWebhook (apiserver `pkg/admission/plugin/webhook/mutating/dispatcher.go`): webhooks are asked one
 * after the other, each about the object as those before it left it. When one has changed it, the built-in plugins run
 * once more, and the webhooks that want to be asked again are asked again.
 */
import { givenManagers } from '../../../../kube/machinery/apply/managers.ts';
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { Json, KubeObject } from '../../../../kube/machinery/object.ts';
import { jsonPatch } from '../../../../kube/machinery/patch/json.ts';
import { checkObject } from '../../../../kube/machinery/schema/check.ts';
import { goValueName } from '../../../../kube/machinery/schema/go-names.ts';
import { kindSchema } from '../../../../kube/machinery/schema/resolve.ts';
import type { DerivedStore } from '../../derived.ts';
import { internalError } from '../../errors.ts';
import { typePatched } from '../../write/decode.ts';
import type { Attributes } from '../attributes.ts';
import type { RemotePlugin } from '../plugin.ts';
import { callWebhook, type WebhookPorts } from './call-webhook.ts';
import { conditionalInvocation } from './conditions.ts';
import { type Hook, Hooks } from './configuration.ts';
import { type Invocation, isExempt, mayMatch } from './match.ts';
import { converted, isOwnKind, objectBeforeNaming } from './review.ts';

const CONFIGURATIONS = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';

export function mutatingWebhooks(store: DerivedStore, ports: WebhookPorts): RemotePlugin {
  const hooks = new Hooks(store, CONFIGURATIONS);
  return {
    name: 'MutatingAdmissionWebhook',
    matches: (call, operation) => !isExempt(call) && hooks.all().some((hook) => mayMatch(hook, call, operation)),
    async mutate(attributes) {
      const again = await firstRound(ports, hooks.all(), attributes);
      if (again) await secondRound(ports, hooks.all(), attributes, again);
    },
  };
}

/** The ids of hooks to be asked again; undefined when nothing has changed the object. */
async function firstRound(
  ports: WebhookPorts,
  hooks: readonly Hook[],
  attributes: Attributes,
): Promise<{ changed: Set<string>; asked: Set<string> } | undefined> {
  let asked = new Set<string>();
  const changed = new Set<string>();
  let isChanged = false;
  for (const hook of hooks) {
    const invocation = conditionalInvocation(hook, attributes);
    if (!invocation) continue;
    if (await changes(ports, invocation, attributes)) {
      isChanged = true;
      for (const id of asked) changed.add(id);
      asked = new Set();
    }
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') asked.add(hook.id);
  }
  return isChanged ? { changed, asked } : undefined;
}

async function secondRound(
  ports: WebhookPorts,
  hooks: readonly Hook[],
  attributes: Attributes,
  { changed, asked }: { changed: Set<string>; asked: Set<string> },
): Promise<void> {
  const before = JSON.stringify(attributes.object);
  attributes.call.server.admission.mutate(attributes);
  if (JSON.stringify(attributes.object) !== before) for (const id of asked) changed.add(id);
  for (const hook of hooks) {
    if (!changed.has(hook.id)) continue;
    const invocation = conditionalInvocation(hook, attributes);
    if (invocation) await changes(ports, invocation, attributes);
  }
}

/** Asks one webhook, and makes the changes it wants. Returns whether there were any. */
async function changes(ports: WebhookPorts, invocation: Invocation, attributes: Attributes): Promise<boolean> {
  const verdict = await callWebhook(ports, invocation, attributes, true);
  const { patch } = verdict ?? {};
  if (patch === undefined || (Array.isArray(patch) && patch.length === 0)) return false;
  const { object } = attributes;
  if (!object) {
    const name = JSON.stringify(invocation.hook.webhook.name);
    throw internalError(
      `admission webhook ${name} attempted to modify the object, which is not supported for this operation`,
    );
  }
  const next = patched(invocation, attributes, patch as Json);
  if (sameJson(object, next)) return false;
  for (const field of Object.keys(object)) delete (object as unknown as Record<string, unknown>)[field];
  Object.assign(object, next);
  return true;
}

/** The object in the request's version, with the patch that a webhook made of the version it was shown. */
function patched({ served }: Invocation, attributes: Attributes, patch: Json): KubeObject {
  const { call, object } = attributes;
  // As it was shown to the webhook: fields without a value are none.
  const shown = JSON.parse(
    JSON.stringify(converted(objectBeforeNaming(attributes), attributes, served)),
  ) as unknown as KubeObject;
  const { apiVersion, kind } = shown;
  let result: unknown;
  try {
    result = jsonPatch(shown as unknown as Json, patch);
  } catch (error) {
    throw internalError((error as Error).message);
  }
  const next = typed(attributes, served, result, { apiVersion, kind });
  if (!next.metadata.name && object?.metadata?.name && attributes.name === '')
    next.metadata.name = object.metadata.name;
  keepManagers(attributes, next);
  if (served.kind === call.kind || !isOwnKind(attributes)) return next;
  const stored = served.conversion ? served.conversion.toStored(next) : next;
  return call.conversion ? call.conversion.fromStored(stored) : stored;
}

/** The result of a patch as an object of the kind that it was made of. Throws 500 for what is none. */
function typed(
  attributes: Attributes,
  { kind: served }: Invocation['served'],
  result: unknown,
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
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
    const decoded = typePatched(served, next);
    if ('error' in decoded) throw internalError(decoded.error);
    return decoded.object;
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
