/** The runtime's WebSocket pieces, which the DOM's types do not know. */
import type { Response as CfResponse, WebSocket } from '@cloudflare/workers-types';

export function pairOfSockets(): readonly [WebSocket, WebSocket] {
  const { WebSocketPair } = globalThis as unknown as { WebSocketPair: new () => { 0: WebSocket; 1: WebSocket } };
  const pair = new WebSocketPair();
  return [pair[0], pair[1]];
}

/** 101, with the end that the caller gets. */
export function switchProtocols(end: WebSocket, protocol?: string, more: Record<string, string> = {}): CfResponse {
  const headers: Record<string, string> = protocol ? { ...more, 'Sec-WebSocket-Protocol': protocol } : more;
  return new Response(null, { status: 101, webSocket: end, headers } as ResponseInit) as unknown as CfResponse;
}
