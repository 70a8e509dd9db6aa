/**
 * ValidatingAdmissionWebhook (apiserver `pkg/admission/plugin/webhook/validating/dispatcher.go`): all webhooks are asked
 * at once, a few at a time where they are many, and each must allow the request.
 */

import type { DerivedStore } from '../../derived.ts';
import type { RemotePlugin } from '../plugin.ts';
import { callWebhook, type WebhookPorts } from './call-webhook.ts';
import { invocationToAsk } from './conditions.ts';
import { Hooks } from './configuration.ts';
import { type Invocation, isExempt, mayMatch } from './match.ts';

/** Each question holds the object, of up to 1.5 MB, and one configuration may name thousands of webhooks. */
const AT_ONCE = 10;

const CONFIGURATIONS = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

export function validatingWebhooks(store: DerivedStore, ports: WebhookPorts): RemotePlugin {
  const hooks = new Hooks(store, CONFIGURATIONS);
  return {
    name: 'ValidatingAdmissionWebhook',
    matches: (call, operation) => !isExempt(call) && hooks.all().some((hook) => mayMatch(hook, call, operation)),
    async validate(attributes) {
      const invocations: Invocation[] = [];
      for (const hook of hooks.all()) {
        const invocation = await invocationToAsk(hook, attributes, false);
        if (invocation) invocations.push(invocation);
      }
      const errors: unknown[] = [];
      let next = 0;
      const askSome = async (): Promise<void> => {
        while (next < invocations.length && errors.length === 0) {
          await callWebhook(ports, invocations[next++] as Invocation, attributes, false).catch((error) => {
            errors.push(error);
          });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, askSome));
      if (errors.length > 0) throw errors[0];
    },
  };
}
