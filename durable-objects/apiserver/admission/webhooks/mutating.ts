/**
 * MutatingAdmissionWebhook (apiserver `pkg/admission/plugin/webhook/mutating/dispatcher.go`): webhooks are asked one
 * after the other, each about the object as those before it left it. When one has changed it, the built-in plugins run
 * once more, and the webhooks that want to be asked again are asked again.
 */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { Json, KubeObject } from '../../../../kube/machinery/object.ts';
import { jsonPatch } from '../../../../kube/machinery/patch/json.ts';
import { checkObject } from '../../../../kube/machinery/schema/check.ts';
import { ApiError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import type { RemotePlugin } from '../plugin.ts';
import { callWebhook, type WebhookPorts } from './call-webhook.ts';
import { type Hook, type HookStore, Hooks } from './configuration.ts';
import { type Invocation, invocationOf, isExempt, mayMatch } from './match.ts';
import { converted } from './review.ts';

const CONFIGURATIONS = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';

export function mutatingWebhooks(store: HookStore, ports: WebhookPorts): RemotePlugin {
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
    const invocation = invocationOf(hook, attributes);
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
    const invocation = invocationOf(hook, attributes);
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
    throw internal(
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
  const shown = JSON.parse(JSON.stringify(converted(object, attributes, served))) as Json;
  let result: unknown;
  try {
    result = jsonPatch(shown, patch);
  } catch (error) {
    throw internal((error as Error).message);
  }
  const { schema, strategy } = served.kind;
  const isOwnKind = attributes.kind.kind === call.kind.kind;
  if (schema.type === 'struct' && isOwnKind) {
    const checked = checkObject(schema, result, { directive: 'Ignore' });
    if (checked.error) throw internal(checked.error);
    strategy.applyDefaults?.(checked.object as KubeObject);
    result = checked.object;
  }
  const next = result as KubeObject;
  if (served.kind === call.kind) return next;
  const stored = served.conversion ? served.conversion.toStored(next) : next;
  return call.conversion ? call.conversion.fromStored(stored) : stored;
}

function internal(message: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${message}`, { details: { causes: [{ message }] } });
}
