/**
 * Conversion by a webhook, as far as it is pure: what is to be asked, and what others have answered so far. Where an
 * object is needed in a version in which it is not known yet, {@link ConversionNeeded} is thrown: a caller that can wait
 * asks the webhook, and the work that needed the object is done anew.
 */
import { parseExact } from '../../machinery/exact-json.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { DefinitionConversion } from '../apiextensions/types.ts';

/** The webhook of a definition; the same one until the definition changes. */
export interface ConversionWebhook {
  /** Of the definition. */
  name: string;
  config(): DefinitionConversion['webhook'];
}

/** A conversion that failed, in upstream's words: a 500 for the client. */
export class ConversionError extends Error {}

/** An object has to be converted by a webhook before the work can go on. */
export class ConversionNeeded extends Error {
  readonly webhook: ConversionWebhook;
  readonly object: KubeObject;
  /** An apiVersion. */
  readonly to: string;

  constructor(webhook: ConversionWebhook, object: KubeObject, to: string) {
    super(`${object.apiVersion} ${object.kind} is to be converted to ${to}`);
    this.webhook = webhook;
    this.object = object;
    this.to = to;
  }
}

/** The answers of webhooks within one request. */
export class ConversionAnswers {
  readonly #texts = new Map<string, string>();

  /** A private copy. */
  find(object: KubeObject, to: string): KubeObject | undefined {
    const text = this.#texts.get(keyOf(object, to));
    return text === undefined ? undefined : (parseExact(text) as KubeObject);
  }

  add({ object, to }: ConversionNeeded, converted: KubeObject): void {
    this.#texts.set(keyOf(object, to), JSON.stringify(converted));
  }
}

function keyOf(object: KubeObject, to: string): string {
  return `${to} ${JSON.stringify(object)}`;
}

/**
 * The object in another version: the caller's own, unless it has that version already. Throws {@link ConversionNeeded}.
 */
export function convertedBy(
  webhook: ConversionWebhook,
  object: KubeObject,
  to: string,
  answers: ConversionAnswers | undefined,
): KubeObject {
  if (object.apiVersion === to) return object;
  const found = answers?.find(object, to);
  if (!found) throw new ConversionNeeded(webhook, object, to);
  return found;
}
