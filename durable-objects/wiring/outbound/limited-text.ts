import { MAX_OUTBOUND_BODY, OutboundError } from '../../apiserver/outbound.ts';

/** A body as text. Rejects with an OutboundError where it is longer than {@link MAX_OUTBOUND_BODY}. */
export async function limitedText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length <= MAX_OUTBOUND_BODY) continue;
    await reader.cancel();
    throw new OutboundError(`the answer is longer than ${MAX_OUTBOUND_BODY} bytes`);
  }
}
