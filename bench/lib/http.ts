/** A small HTTPS client with kept-alive connections. Certificates are not checked: the servers are this run's own. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';
import type { Target } from './target.ts';

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

export interface Answer {
  status: number;
  text: string;
}

export function open(
  target: Target,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${target.token}`,
      accept: 'application/json',
      ...target.headers,
    };
    if (body !== undefined) headers['content-type'] = type;
    const request = send(target.url + path, { method, headers, agent }, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

export async function call(
  target: Target,
  method: string,
  path: string,
  body?: unknown,
  type?: string,
): Promise<Answer> {
  const response = await open(target, method, path, body === undefined ? undefined : JSON.stringify(body), type);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode ?? 0, text };
}

/** Like {@link call}, but anything that is no success ends the run with the server's words. */
export async function must<T>(target: Target, method: string, path: string, body?: unknown, type?: string): Promise<T> {
  const { status, text } = await call(target, method, path, body, type);
  if (status < 200 || status > 299)
    throw new Error(`${target.name}: ${method} ${path}: ${status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}
