/**
 * MutatingAdmissionWebhook (apiserver `pkg/admission/plugin/webhook/mutating/dispatcher.go`): webhooks are asked one
 * after the other, each about the object as those before it left it. When one has changed it, mutating plugins run once
 * more, and the webhooks that want to be asked again are asked again.
 */
import type { Json } from '../../../../kube/machinery/object.ts';
import { jsonPatch } from '../../../../kube/machinery/patch/json.ts';
import { converting } from '../../conversion/converting.ts';
import type { DerivedStore } from '../../derived.ts';
import { internalError } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { changed } from '../changed.ts';
import { patchedObject, replaceObject, shownObject } from '../patched-object.ts';
import type { RemotePlugin } from '../plugin.ts';
import { Reinvocation } from '../reinvocation.ts';
import { callWebhook, type WebhookPorts } from './call-webhook.ts';
import { invocationToAsk } from './conditions.ts';
import { Hooks } from './configuration.ts';
import { type Invocation, isExempt, mayMatch } from './match.ts';

const NAME = 'MutatingAdmissionWebhook';
const CONFIGURATIONS = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';

export function mutatingWebhooks(store: DerivedStore, ports: WebhookPorts): RemotePlugin {
  const hooks = new Hooks(store, CONFIGURATIONS);
  return {
    name: NAME,
    matches: (call, operation) => !isExempt(call) && hooks.all().some((hook) => mayMatch(hook, call, operation)),
    async mutate(attributes) {
      attributes.reinvocation ??= new Reinvocation();
      const rounds = attributes.reinvocation.rounds(NAME);
      rounds.begin(attributes);
      for (const hook of hooks.all()) {
        if (!rounds.mayAsk(hook.id)) continue;
        const invocation = await invocationToAsk(hook, attributes, true);
        if (!invocation) continue;
        if (await changes(ports, invocation, attributes)) {
          rounds.changed();
          changed(attributes, NAME, hook.webhook.name ?? '');
        }
        if (hook.webhook.reinvocationPolicy === 'IfNeeded') rounds.asked(hook.id);
      }
      rounds.end(attributes);
    },
  };
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
  const next = await converting(attributes.call, () => patched(invocation, attributes, patch as Json));
  return replaceObject(object, next);
}

/** The object with the patch that a webhook made of what it was shown. */
function patched({ served }: Invocation, attributes: Attributes, patch: Json) {
  const shown = shownObject({ attributes, served });
  const { apiVersion, kind } = shown;
  let result: unknown;
  try {
    result = jsonPatch(shown as unknown as Json, patch);
  } catch (error) {
    throw internalError((error as Error).message);
  }
  return patchedObject({ attributes, served }, result, { apiVersion, kind });
}
