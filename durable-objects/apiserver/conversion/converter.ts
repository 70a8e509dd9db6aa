/** Asks conversion webhooks (apiextensions `pkg/apiserver/conversion/webhook_converter.go`). */

import {
  conversionReviewText,
  conversionReviewVersion,
  convertedObjects,
  kindText,
} from '../../../kube/kinds/custom/conversion-review.ts';
import { ConversionError, type ConversionWebhook } from '../../../kube/kinds/custom/conversion-webhook.ts';
import type { RemoteConversion } from '../../../kube/kinds/define.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Registry } from '../../../kube/metrics/registry.ts';
import { type Outbound, OutboundError } from '../outbound.ts';
import { webhookAnswer, webhookRequest } from '../webhook-request.ts';

export interface ConverterPorts {
  outbound: Outbound;
  uuid(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  metrics: Registry;
}

/** The time for one answer, in milliseconds; upstream's requests give up after a minute. */
const TIMEOUT_MS = 30_000;
/** Objects and code units of one question. An answer has at most 3 MB, and objects may grow on their way. */
const MAX_OBJECTS = 500;
const MAX_SIZE = 1024 * 1024;

export class Converter {
  readonly #ports: ConverterPorts;

  constructor(ports: ConverterPorts) {
    this.#ports = ports;
  }

  /**
   * The objects in the version `to`, an apiVersion, in order: those that have it already as they are. Rejects with a
   * {@link ConversionError}.
   */
  async convert(webhook: ConversionWebhook, objects: readonly KubeObject[], to: string): Promise<KubeObject[]> {
    const others = objects.filter(({ apiVersion }) => apiVersion !== to);
    const answers = new Map<KubeObject, KubeObject>();
    for (const batch of batches(others)) {
      const converted = await this.#counted(() => this.#ask(webhook, batch, to));
      batch.forEach((object, i) => void answers.set(object, converted[i] as KubeObject));
    }
    return objects.map((object) => answers.get(object) ?? object);
  }

  /** Counted by what became of it (`conversion/metrics.go`). */
  async #counted<T>(ask: () => Promise<T>): Promise<T> {
    const { now, metrics } = this.#ports;
    const begun = now();
    const count = (failure: string): void => {
      const labels = [failure, failure === '' ? 'success' : 'failure'] as const;
      metrics.count('apiserver_conversion_webhook_request_total', ...labels);
      metrics.observe('apiserver_conversion_webhook_duration_seconds', (now() - begun) / 1000, ...labels);
    };
    try {
      const answer = await ask();
      count('');
      return answer;
    } catch (error) {
      count(`conversion_webhook_${failureOf(error as Error)}_failure`);
      throw error;
    }
  }

  async #ask(webhook: ConversionWebhook, objects: readonly KubeObject[], to: string): Promise<KubeObject[]> {
    const config = webhook.config();
    const version = conversionReviewVersion(config?.conversionReviewVersions);
    const review = { uid: this.#ports.uuid(), version, objects, to };
    const { clientConfig = {} } = config ?? {};
    // As upstream, authorities of blanks alone are none (`webhookClientConfigForCRD`).
    const isBlank = atob(clientConfig.caBundle ?? '').trim() === '';
    const request = webhookRequest(
      isBlank ? { ...clientConfig, caBundle: undefined } : clientConfig,
      conversionReviewText(review),
      { seconds: TIMEOUT_MS / 1000, milliseconds: TIMEOUT_MS },
    );
    let text: string;
    try {
      text = await webhookAnswer(this.#ports.outbound, request);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      throw new ConversionError(
        `conversion webhook for ${kindText(objects[0] as KubeObject)} failed: ${error.message}`,
        { cause: error },
      );
    }
    return convertedObjects(text, review);
  }
}

function failureOf({ cause, message }: Error): string {
  if (cause instanceof OutboundError) return 'call';
  if (/ returned \d+ objects, expected /.test(message)) return 'partial_response';
  return / failed: /.test(message) ? 'malformed_response' : 'invalid_converted_object';
}

function* batches(objects: readonly KubeObject[]): Generator<KubeObject[]> {
  let batch: KubeObject[] = [];
  let size = 0;
  for (const object of objects) {
    const { length } = JSON.stringify(object);
    if (batch.length > 0 && (batch.length === MAX_OBJECTS || size + length > MAX_SIZE)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(object);
    size += length;
  }
  if (batch.length > 0) yield batch;
}

/** Stored texts in the version `to`, in order. Rejects with a ConversionError. */
export async function convertTexts(
  converter: Converter,
  remote: RemoteConversion,
  to: string,
  texts: readonly string[],
): Promise<string[]> {
  const objects = texts.map((text) => remote.begin(parseExact(text) as KubeObject));
  const converted = await converter.convert(remote.webhook, objects, to);
  return converted.map((object, i) => JSON.stringify(object === objects[i] ? object : remote.finish(object)));
}
