/**
 * Conversion for watches, a port of the watch hub. Watchers of one version are sent the same events, so what a webhook
 * has just made of a revision is kept for a while.
 */
import type { ConversionWebhook } from '../../../kube/kinds/custom/conversion-webhook.ts';
import { ConversionError } from '../../../kube/kinds/custom/conversion-webhook.ts';
import type { RemoteConversion } from '../../../kube/kinds/define.ts';
import type { Kinds } from '../../../kube/kinds/registry.ts';
import { StoreError } from '../../store/errors.ts';
import type { WatchConversion } from '../../store/watch/ports.ts';
import type { Converter } from './converter.ts';
import { convertTexts } from './converter.ts';

/** Code units of texts that are kept of one version, room for a large object. */
const MAX_KEPT = 2 * 1024 * 1024;

export function watchConversion(kinds: Kinds, converter: Converter): WatchConversion {
  const kept = new WeakMap<ConversionWebhook, Map<string, Kept>>();

  function keptOf(webhook: ConversionWebhook, apiVersion: string): Kept {
    let versions = kept.get(webhook);
    if (!versions) {
      versions = new Map();
      kept.set(webhook, versions);
    }
    let found = versions.get(apiVersion);
    if (!found) {
      found = new Kept();
      versions.set(apiVersion, found);
    }
    return found;
  }

  return {
    isRemote: ({ apiVersion, kind }) => kinds.findKind(apiVersion, kind)?.conversion?.remote !== undefined,
    async convert({ apiVersion, kind }, stored) {
      const remote = kinds.findKind(apiVersion, kind)?.conversion?.remote;
      if (!remote) return stored.map(({ text }) => text);
      const known = keptOf(remote.webhook, apiVersion);
      const texts = new Map(stored.map(({ revision }) => [revision, known.get(revision)]));
      // An entry may also be the one before another.
      const missing = [...new Map(stored.map((entry) => [entry.revision, entry])).values()].filter(
        ({ revision }) => texts.get(revision) === undefined,
      );
      const answers = converted(converter, remote, apiVersion, missing);
      missing.forEach((entry, i) => {
        const text = answers.then((all) => all[i] ?? '');
        texts.set(entry.revision, text);
        known.add(entry, text);
      });
      return Promise.all(stored.map(({ revision, text }) => texts.get(revision) ?? text));
    },
  };
}

async function converted(
  converter: Converter,
  remote: RemoteConversion,
  apiVersion: string,
  stored: readonly { text: string }[],
): Promise<string[]> {
  try {
    return await convertTexts(
      converter,
      remote,
      apiVersion,
      stored.map(({ text }) => text),
    );
  } catch (error) {
    throw error instanceof ConversionError ? new StoreError('unreadable', error.message) : error;
  }
}

/** Texts by revision, the oldest first, some still to come. What fails is not kept. */
class Kept {
  readonly #texts = new Map<number, { size: number; text: Promise<string> }>();
  #size = 0;

  get(revision: number): Promise<string> | undefined {
    return this.#texts.get(revision)?.text;
  }

  add({ revision, text: { length: size } }: { revision: number; text: string }, text: Promise<string>): void {
    text.catch(() => this.#drop(revision));
    this.#texts.set(revision, { size, text });
    this.#size += size;
    for (const oldest of this.#texts.keys()) {
      if (this.#size <= MAX_KEPT) break;
      this.#drop(oldest);
    }
  }

  #drop(revision: number): void {
    this.#size -= this.#texts.get(revision)?.size ?? 0;
    this.#texts.delete(revision);
  }
}
