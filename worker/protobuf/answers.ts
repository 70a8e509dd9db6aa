/**
 * An object's answer, which is JSON, as the protobuf that its client asked for (`wire/protobuf.ts`). A list's message
 * begins with its length. So a list is held until all of it was encoded; one that is too large for that is only measured,
 * and asked for once more, at its revision.
 */
import type { ListFrame } from '../../kube/machinery/protobuf/encode.ts';
import { type KeptItems, ListEncoder } from '../../kube/machinery/protobuf/list-encoder.ts';
import { JSON_FOR_PROTOBUF, LINES_FOR_PROTOBUF, PROTOBUF_TYPE } from '../../wire/protobuf.ts';
import { type EdgeResponse, respond } from '../env.ts';
import type { Holder } from '../held-bytes.ts';
import { failed, tooManyRequests } from '../statuses.ts';
import { joined, sharedEncoder } from './events.ts';
import { piecesOf } from './pieces.ts';

/** Bytes of a list that are held; the other lists of the cluster and of the isolate may leave less (`held-bytes.ts`). */
const MAX_HELD = 24 * 1024 * 1024;
/** Lists of this size are sent as one piece. */
const SMALL = 256 * 1024;

export interface ListPorts {
  /** The same list, at this revision. */
  again(resourceVersion: string): Promise<EdgeResponse>;
  /** undefined when the cluster has too many answers under way here. */
  hold(giveUp: () => void): Holder | undefined;
  /** The encoded items of lists of a kind that the cluster has sent before. */
  kept?(type: { apiVersion: string; kind: string }): KeptItems;
  maxHeld?: number;
}

/** The answer itself where it isn't for the edge to encode. */
export async function encodeAnswer(answer: EdgeResponse, ports: ListPorts): Promise<EdgeResponse> {
  const type = answer.headers.get('content-type');
  if (type === LINES_FOR_PROTOBUF) return encodeList(answer, ports);
  if (!type?.startsWith(JSON_FOR_PROTOBUF) || type === LINES_FOR_PROTOBUF) return answer;
  const shown = PROTOBUF_TYPE + type.slice(JSON_FOR_PROTOBUF.length);
  const json = new Uint8Array(await answer.arrayBuffer());
  // The runtime takes the body from the answer to a HEAD.
  if (json.length === 0) return respond(null, { status: answer.status, headers: headersOf(answer, shown) });
  try {
    const body = sharedEncoder().object(json) as BodyInit;
    return respond(body, { status: answer.status, headers: headersOf(answer, shown) });
  } catch (error) {
    // Clients read what the answer says it is.
    console.error('an answer has no protobuf form', error);
    return respond(json as BodyInit, { status: answer.status, headers: headersOf(answer, 'application/json') });
  }
}

function headersOf({ headers }: EdgeResponse, type = PROTOBUF_TYPE): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of headers) found[name] = value;
  found['content-type'] = type;
  delete found['content-length'];
  return found;
}

async function encodeList(answer: EdgeResponse, ports: ListPorts): Promise<EdgeResponse> {
  const { again, hold, kept, maxHeld = MAX_HELD } = ports;
  const encoder = new ListEncoder(kept);
  let parts: Uint8Array[] | undefined = [];
  let stop = (_why: Error): void => {};
  const held = hold(() => {
    parts = undefined;
    stop(new Error('too much is held for the clients of this cluster'));
  });
  if (!held) {
    // The object keeps the request's seat until its answer is read or let go of.
    await answer.body?.cancel();
    return tooManyRequests();
  }
  let frame: ListFrame;
  try {
    for await (const piece of piecesOf(answer.body)) {
      const part = encoder.push(piece);
      if (!parts || part.length === 0) continue;
      if (encoder.length > maxHeld) {
        parts = undefined;
        held.close();
      } else {
        parts.push(part);
        held.grow(part.length);
      }
    }
    frame = encoder.finish();
  } catch (error) {
    held.close();
    throw error;
  }
  const { before, after } = frame;
  const headers = headersOf(answer);
  if (!parts) {
    held.close();
    const second = await again(encoder.resourceVersion);
    // As 410, where the revision was forgotten meanwhile.
    if (second.status >= 400) return encodeAnswer(second, ports);
    if (second.headers.get('content-type') !== LINES_FOR_PROTOBUF)
      return failed(new Error('the list was not there again'));
    return respond(streamAgain(second, encoder.length, before, after), { headers });
  }
  const all = [before, ...parts, after];
  if (encoder.length <= SMALL) {
    held.close();
    return respond(joined(all, before.length + encoder.length + after.length) as BodyInit, { headers });
  }
  let at = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = (why) => controller.error(why);
      },
      pull(controller) {
        const part = all[at] as Uint8Array;
        // Frees the part that was sent.
        all[at++] = after;
        controller.enqueue(part);
        held.shrink(part.length);
        if (at < all.length) return;
        held.close();
        controller.close();
      },
      cancel: () => held.close(),
    },
    { highWaterMark: 0 },
  );
  return respond(stream, { headers });
}

/** Encodes the list a second time, as its client reads it. */
function streamAgain(
  answer: EdgeResponse,
  length: number,
  before: Uint8Array,
  after: Uint8Array,
): ReadableStream<Uint8Array> {
  const encoder = new ListEncoder();
  const pieces = piecesOf(answer.body);
  let hasBegun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!hasBegun) {
          hasBegun = true;
          return controller.enqueue(before);
        }
        for (;;) {
          const { value, done } = await pieces.next();
          if (done) {
            // Its length was sent already.
            if (encoder.length !== length) return controller.error(new Error('the list has changed'));
            controller.enqueue(after);
            return controller.close();
          }
          const part = encoder.push(value);
          if (part.length > 0) return controller.enqueue(part);
        }
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
