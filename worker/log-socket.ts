/** A log for a WebSocket client: an empty message, then messages of bytes or of their base64, then the end. */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { isTextLog } from '../wire/log-protocol.ts';
import { closeQuietly } from './close-quietly.ts';
import type { EdgeResponse } from './env.ts';
import type { Holder } from './held-bytes.ts';
import { tooManyRequests } from './statuses.ts';

/**
 * Bytes that one socket is sent. A socket does not tell how much of it was read, so all of it may be waiting here: beyond
 * this the log ends. One that is not followed is shorter.
 */
export const MAX_LOG = 16 * 1024 * 1024;
/** Bytes of a message: a multiple of three, so that base64 of two messages one after another is that of their bytes. */
const MESSAGE = 24 * 1024;

/** `pair` is the client's end, and the Worker's. */
export function bridgeLogSocket(
  log: ReadableStream<Uint8Array>,
  protocol: string,
  [client, own]: readonly [CfWebSocket, CfWebSocket],
  hold: (giveUp: () => void) => Holder | undefined,
): EdgeResponse {
  const reader = log.getReader();
  let ended = false;
  const finish = (): void => {
    if (ended) return;
    ended = true;
    void reader.cancel().catch(ignore);
    closeQuietly(own);
    held?.close();
  };
  const held = hold(finish);
  if (!held) {
    void reader.cancel().catch(ignore);
    return tooManyRequests();
  }
  own.accept();
  // Messages of the client are not looked at.
  own.addEventListener('close', finish);
  own.addEventListener('error', finish);

  const send = (bytes: Uint8Array): void => {
    if (isTextLog(protocol)) own.send(btoa(String.fromCharCode(...bytes)));
    else own.send(bytes);
  };
  const pump = async (): Promise<void> => {
    send(new Uint8Array());
    for (let sent = 0; sent < MAX_LOG; ) {
      const { done, value } = await reader.read();
      if (done || ended) return;
      sent += value.length;
      held.grow(value.length);
      for (let at = 0; at < value.length; at += MESSAGE) send(value.subarray(at, at + MESSAGE));
    }
  };
  void pump().then(finish, finish);
  const headers: Record<string, string> = protocol ? { 'Sec-WebSocket-Protocol': protocol } : {};
  return new Response(null, { status: 101, webSocket: client, headers } as ResponseInit) as unknown as EdgeResponse;
}

function ignore(): void {}
