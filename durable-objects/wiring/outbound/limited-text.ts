import { MAX_OUTBOUND_BODY, OutboundError } from '../../apiserver/outbound.ts';

/** Hundreds of requests may wait for answers at once, and all clusters of an isolate share its memory. */
const MAX_HELD = 24 * 1024 * 1024;

/** The parts of answers that one cluster holds while the rest of them comes, in code units. */
export class HeldAnswers {
  readonly #max: number;
  #size = 0;

  constructor(max = MAX_HELD) {
    this.#max = max;
  }

  /** Throws an OutboundError where there are too many, and counts nothing then. */
  grow(size: number): void {
    if (this.#size + size > this.#max) {
      throw new OutboundError(`the answers that this cluster waits for are longer than ${this.#max} bytes together`);
    }
    this.#size += size;
  }

  shrink(size: number): void {
    this.#size -= size;
  }
}

/**
 * A body as text. Rejects with an OutboundError where it is longer than {@link MAX_OUTBOUND_BODY}, or the cluster holds
 * too much.
 */
export async function limitedText(body: ReadableStream<Uint8Array> | null, held: HeldAnswers): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let counted = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      const part = decoder.decode(value, { stream: true });
      held.grow(part.length);
      counted += part.length;
      text += part;
      if (counted > MAX_OUTBOUND_BODY) throw new OutboundError(`the answer is longer than ${MAX_OUTBOUND_BODY} bytes`);
    }
  } catch (error) {
    // A source that never ends its cancellation, or fails in it, keeps neither the error nor the bytes counted.
    if (error instanceof OutboundError) reader.cancel().catch(() => {});
    throw error;
  } finally {
    held.shrink(counted);
  }
}
