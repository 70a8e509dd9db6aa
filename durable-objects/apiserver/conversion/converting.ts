/**
 * Work that is pure and synchronous, but needs objects which a webhook has to convert: it is begun, stops where the first
 * is needed, and is begun anew once the webhook has answered. Where nothing is needed, nothing is awaited.
 */
import { ConversionAnswers, ConversionNeeded } from '../../../kube/kinds/custom/conversion-webhook.ts';
import type { Call } from '../call.ts';
import { ApiError, internalError } from '../errors.ts';

/** Objects that one piece of work may need: its managers may own fields in each version of the kind. */
const MAX_QUESTIONS = 100;

/** Upstream's time for a request (`pkg/server/filters/timeout.go`). */
const MAX_REQUEST_MS = 60_000;

/** Throws 504 for a request that webhooks have held up for too long. */
export function checkTime({ now, server }: Call): void {
  if (server.clock.now() - now < MAX_REQUEST_MS) return;
  throw new ApiError('Timeout', 'Timeout: request did not complete within the allotted timeout', { details: {} });
}

/** `run` is called again after each answer, and leaves no traces where it throws, but for warnings. */
export function converting<T>(call: Call, run: () => T | Promise<T>): T | Promise<T> {
  try {
    const result = begun(call, run);
    return result instanceof Promise ? result.catch((error) => again(call, run, error)) : result;
  } catch (error) {
    return again(call, run, error);
  }
}

/** Takes back the warnings of a run that fails, and no others: several may be under way for one request. */
function begun<T>({ warnings }: Call, run: () => T | Promise<T>): T | Promise<T> {
  const { length } = warnings;
  const takeBack = (error: unknown): never => {
    if (error instanceof ConversionNeeded) warnings.length = length;
    throw error;
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(takeBack) : result;
  } catch (error) {
    return takeBack(error);
  }
}

async function again<T>(call: Call, run: () => T | Promise<T>, first: unknown): Promise<T> {
  let error = first;
  for (let asked = 0; asked < MAX_QUESTIONS; asked++) {
    if (!(error instanceof ConversionNeeded)) throw error;
    checkTime(call);
    call.answers ??= new ConversionAnswers();
    const { webhook, object, to } = error;
    const [converted] = await call.server.converter.convert(webhook, [object], to);
    if (converted) call.answers.add(error, converted);
    try {
      return await begun(call, run);
    } catch (next) {
      error = next;
    }
  }
  throw internalError(`more than ${MAX_QUESTIONS} conversions are needed`);
}
