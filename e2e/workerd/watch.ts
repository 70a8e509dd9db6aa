/** A watch over HTTP, as kubectl makes it. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Endpoint } from '../../cli/local/client.ts';

export interface HttpWatch {
  /** All that has come so far. */
  readonly text: string;
  /** The answer's status, once it has begun. */
  opened: Promise<number | undefined>;
  /** The server has ended it, or it was closed. */
  readonly isOver: boolean;
  close(): void;
}

/** `path` up to and without its query. */
export function watchOverHttp({ server, ca, token }: Endpoint, path: string): HttpWatch {
  const headers = { authorization: `Bearer ${token}` };
  const sent = request(`${server}${path}?watch=true`, { ca, agent: false, headers });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  );
  const state = { text: '', isOver: false };
  const over = (): void => {
    state.isOver = true;
  };
  answer.then((response) => {
    response.on('data', (chunk) => (state.text += String(chunk)));
    response.on('error', () => {}).once('close', over);
  }, over);
  sent.on('error', () => {}).end();
  return {
    get text() {
      return state.text;
    },
    get isOver() {
      return state.isOver;
    },
    opened: answer.then(({ statusCode }) => statusCode),
    close: () => sent.destroy(),
  };
}
