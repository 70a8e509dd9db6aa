/** The two servers that sequences are run on, each as an answer to a request. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';
import type { Target } from '../../../bench/lib/target.ts';
import type { Request } from '../request.ts';

/** The body is read by the caller, to its end or until it calls `close`. */
export interface Answer {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array>;
  close(): void;
}

export type Ask = (request: Request) => Promise<Answer>;

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 256 });

/** A server on the network. */
export function overHttp({ url, token }: Pick<Target, 'url' | 'token'>): Ask {
  const ask: Ask = (asked) => {
    const { method, path, headers = {}, body } = asked;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const all: Record<string, string> = { authorization: `Bearer ${token}`, ...headers };
    if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
    const request = send(url + path, { method, headers: all, agent }, (response) => resolve(answerOf(response)));
    // A connection that was kept may be closed by the server as it is used again.
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') ask(asked).then(resolve, reject);
      else reject(error);
    });
    request.end(body);
    return promise;
  };
  return ask;
}

function answerOf(response: IncomingMessage): Answer {
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  // The client breaks a watch off, which Node takes for an error.
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: response,
    close: () => void response.destroy(),
  };
}

/** All of a body. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}
