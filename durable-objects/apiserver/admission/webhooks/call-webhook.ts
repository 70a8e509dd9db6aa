/** One question to one webhook, and what is wrong with the answer in upstream's words. */
import { requestTimeout } from '../../../../kube/machinery/request-timeout.ts';
import { ApiError, badRequest, internalError } from '../../errors.ts';
import type { WebhookCall } from '../../metrics/admission-metrics.ts';
import { type Outbound, OutboundError, type OutboundRequest } from '../../outbound.ts';
import { webhookAnswer, webhookRequest } from '../../webhook-request.ts';
import type { Attributes } from '../attributes.ts';
import { annotate } from '../audit.ts';
import type { Invocation } from './match.ts';
import { denial, patchOf, reviewText, reviewVersion, UnreadableReview, type Verdict, verdictOf } from './review.ts';

export interface WebhookPorts {
  outbound: Outbound;
  uuid(): string;
}

/** Upstream's upper bound of a write, all its webhooks included (`pkg/endpoints/handlers/rest.go`). */
const MAX_WRITE_MS = 34_000;

/** Milliseconds, of those that the client gives the request, too. */
function timeLeft({ call }: Attributes): number {
  const allotted = Math.min(MAX_WRITE_MS, requestTimeout(call.query.get('timeout')));
  return call.now + allotted - call.server.clock.now();
}

function checkTime(attributes: Attributes): void {
  if (timeLeft(attributes) > 0) return;
  const why = 'request did not complete within requested timeout - context deadline exceeded';
  throw new ApiError('Timeout', `Timeout: ${why}`, { details: {} });
}

/**
 * The patch of a webhook that allows the request, where it has one; undefined where it could not be asked and its policy
 * is to ignore that. Throws the ApiError of a denial, or of a call that failed.
 */
export async function callWebhook(
  ports: WebhookPorts,
  invocation: Invocation,
  attributes: Attributes,
  mutating: boolean,
): Promise<{ patch: unknown } | undefined> {
  const { hook } = invocation;
  const { name, failurePolicy, sideEffects } = hook.webhook;
  if (attributes.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  checkTime(attributes);
  const { server } = attributes.call;
  const begun = server.clock.now();
  const ended = (type: WebhookCall['type'], code: number): void => {
    const step = mutating ? 'admit' : 'validate';
    const milliseconds = server.clock.now() - begun;
    server.admissionMetrics.webhook({ name, step, operation: attributes.operation, milliseconds, type, code });
  };
  let verdict: Verdict;
  let patch: unknown;
  try {
    verdict = await ask(ports, invocation, attributes, mutating);
    patch = patchOf(verdict);
  } catch (error) {
    ended(failurePolicy === 'Ignore' ? 'ignored' : 'calling_webhook_error', codeOf(error as Error));
    checkTime(attributes);
    if (failurePolicy === 'Ignore') return undefined;
    throw internalError(`failed calling webhook ${JSON.stringify(name)}: ${(error as Error).message}`);
  }
  for (const [key, value] of Object.entries(verdict.auditAnnotations)) annotate(attributes, `${name}/${key}`, value);
  // More than fit among the arguments of a call.
  for (const warning of verdict.warnings) attributes.call.warnings.push(warning);
  if (!verdict.allowed) {
    const refusal = denial(name, verdict.status);
    ended('denied', refusal.code);
    throw refusal;
  }
  ended('allowed', 200);
  return { patch };
}

/** The code of a call that failed, as metrics have it: that of the answer, or 503 (`webhook/mutating/dispatcher.go`). */
function codeOf({ cause }: { cause?: unknown }): number {
  return (cause instanceof OutboundError && cause.status) || 503;
}

async function ask(
  { outbound, uuid }: WebhookPorts,
  invocation: Invocation,
  attributes: Attributes,
  mutating: boolean,
): Promise<Verdict> {
  const uid = uuid();
  const version = reviewVersion(invocation.hook);
  if (!version) {
    throw new Error(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  }
  const text = reviewText(uid, version, attributes, invocation, mutating);
  const { clientConfig, timeoutSeconds: seconds = 10 } = invocation.hook.webhook;
  const milliseconds = Math.min(seconds * 1000, timeLeft(attributes));
  const request = webhookRequest(clientConfig, text, { seconds: Math.ceil(milliseconds / 1000), milliseconds });
  const answer = await sent(outbound, request);
  try {
    return verdictOf(answer, uid, version, mutating);
  } catch (error) {
    const where = error instanceof UnreadableReview ? 'failed to call webhook' : 'received invalid webhook response';
    throw new Error(`${where}: ${(error as Error).message}`);
  }
}

async function sent(outbound: Outbound, request: OutboundRequest): Promise<string> {
  try {
    return await webhookAnswer(outbound, request);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new Error(`failed to call webhook: ${error.message}`, { cause: error });
  }
}
