/** Files to and from a service, as streams: they may be larger than memory. */
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Endpoint, messageOf, unreachable } from './client.ts';
import { fail } from './user-error.ts';

/** Without a byte for so long, a transfer is given up. */
const IDLE_MS = 300_000;

export interface Sent {
  method: 'GET' | 'POST';
  path: string;
  body?: Readable;
  type?: string;
}

/** The answer, whose body is to be read; a UserError with the server's words when it is no success. */
export async function transfer(
  { server, ca, token }: Endpoint,
  { method, path, body, type }: Sent,
): Promise<IncomingMessage> {
  const url = new URL(server.replace(/\/$/, '') + path);
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(type && { 'content-type': type }) };
  const options = { method, headers, agent: false as const, timeout: IDLE_MS, ca };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      url.protocol === 'https:' ? httpsRequest(url, options, resolve) : httpRequest(url, options, resolve);
    request.on('timeout', () => request.destroy(new Error(`nothing came for ${IDLE_MS / 60_000} minutes`)));
    request.on('error', reject);
    body?.on('error', (error) => request.destroy(error));
    if (body) body.pipe(request);
    else request.end();
  }).catch((error) => fail(unreachable(server, error as NodeJS.ErrnoException)));
  const status = answer.statusCode ?? 0;
  if (status >= 400) fail(messageOf({ status, text: await text(answer) }));
  return answer;
}

/** Shows on a terminal how much has come; on nothing else. */
export function counter(what: string): { add(bytes: number): void; end(): void } {
  const isShown = process.stderr.isTTY;
  let bytes = 0;
  let shown = 0;
  return {
    add(more) {
      bytes += more;
      if (!isShown || Date.now() - shown < 200) return;
      shown = Date.now();
      process.stderr.write(`\r${what}: ${sizeText(bytes)}`);
    },
    end: () => void (isShown && shown > 0 && process.stderr.write('\r\u001B[K')),
  };
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
