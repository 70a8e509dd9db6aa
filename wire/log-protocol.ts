/**
 * Of a log's client that asks over a WebSocket: messages of bytes, or of their base64, in between an empty one and the
 * end. Without a subprotocol they are bytes (apimachinery `wsstream`).
 */
import { BEARER_SUBPROTOCOL_PREFIX } from './socket.ts';

const SPOKEN: readonly string[] = ['', 'binary.k8s.io', 'base64.binary.k8s.io'];

/** The first that the client names counts. `header` is its `Sec-WebSocket-Protocol`, where a token may stand, too. */
export function chooseLogProtocol(header: string | null | undefined): { protocol: string } | { refusal: string } {
  const offered = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => !name.startsWith(BEARER_SUBPROTOCOL_PREFIX));
  const protocol = offered.find((name) => SPOKEN.includes(name));
  if (protocol !== undefined || offered.length === 0) return { protocol: protocol ?? '' };
  return { refusal: `requested protocol(s) are not supported: [${offered.join(' ')}]; supports [${SPOKEN.join(' ')}]` };
}

export const isTextLog = (protocol: string): boolean => protocol.startsWith('base64.');
