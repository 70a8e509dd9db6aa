/**
 * ValidatingAdmissionWebhook (apiserver `pkg/admission/plugin/webhook/validating/dispatcher.go`): all webhooks are asked
 * at once, and each must allow the request.
 */
import type { RemotePlugin } from '../plugin.ts';
import { callWebhook, type WebhookPorts } from './call-webhook.ts';
import { type HookStore, Hooks } from './configuration.ts';
import { invocationOf, isExempt, mayMatch } from './match.ts';

const CONFIGURATIONS = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

export function validatingWebhooks(store: HookStore, ports: WebhookPorts): RemotePlugin {
  const hooks = new Hooks(store, CONFIGURATIONS);
  return {
    name: 'ValidatingAdmissionWebhook',
    matches: (call, operation) => !isExempt(call) && hooks.all().some((hook) => mayMatch(hook, call, operation)),
    async validate(attributes) {
      const invocations = hooks.all().flatMap((hook) => invocationOf(hook, attributes) ?? []);
      const results = await Promise.allSettled(
        invocations.map((invocation) => callWebhook(ports, invocation, attributes, false)),
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}
