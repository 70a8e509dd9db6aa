/** The two servers that are asked, each as a function. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:https';
import type { Target } from '../../../bench/lib/target.ts';
import { TestCluster } from '../../../durable-objects/testing/cluster.ts';
import type { Request } from '../request.ts';

export interface Answer {
  status: number;
  warning?: string;
  text: string;
}

export type Ask = (request: Request) => Promise<Answer>;

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

/** Of a server that closes the connection, as upstream does where its handler panics. */
const CLOSED: Answer = { status: 0, text: '' };
const ATTEMPTS = 4;

/** A server on the network. */
export function overHttp(target: Target): Ask {
  return async (request) => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return await sent(target, request);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ECONNRESET') throw error;
      }
    }
    console.error(`${target.name} closed its connection each time: ${request.method} ${request.path} ${request.body}`);
    return CLOSED;
  };
}

function sent(target: Target, { method, path, headers = {}, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all: Record<string, string> = {
      authorization: `Bearer ${target.token}`,
      accept: 'application/json',
      'user-agent': 'differential/1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
    const request = send(target.url + path, { method, headers: all, agent }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const { warning } = response.headers;
      resolve({ status: response.statusCode ?? 0, ...(warning ? { warning: String(warning) } : {}), text });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Islet's API within this process: nothing is built, and no edge is asked. */
export async function inProcess(): Promise<Ask> {
  const cluster = await TestCluster.start({ simulatedNodes: 0, without: ['controllers', 'scheduler'] });
  return async ({ method, path, headers = {}, body }) => {
    const { 'content-type': type = 'application/json', accept = 'application/json' } = headers;
    const reply = await cluster.send<unknown>(`${method} ${path}`, body, type, accept);
    const { warning } = reply.headers;
    return { status: reply.status, ...(warning ? { warning } : {}), text: JSON.stringify(reply.body) };
  };
}

/** Keeps answers in a file, so that what was mended on the other side is asked again at once. */
export function remembered(ask: Ask, file: string | undefined): Ask {
  if (!file) return ask;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const known = new Map<string, Answer>(lines.map((line) => JSON.parse(line)));
  return async (request) => {
    const key = createHash('sha1').update(JSON.stringify(request)).digest('base64');
    const found = known.get(key);
    if (found) return found;
    const answer = await ask(request);
    known.set(key, answer);
    appendFileSync(file, `${JSON.stringify([key, answer])}\n`);
    return answer;
  };
}
