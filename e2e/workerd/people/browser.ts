/** A browser as the service sees one: it keeps the session's cookie, and names the page that it asks from. */
import { type RequestOptions, request } from 'node:http';
import type { Up } from '../service.ts';

export interface Answer {
  status: number;
  text: string;
  /** undefined where the answer is no JSON. */
  json: unknown;
  /** The `Set-Cookie` header of a session. */
  cookie: string | undefined;
  location: string | undefined;
}

export class Browser {
  /** The dashboard's origin. */
  readonly origin: string;
  /** `NAME=VALUE`; '' without a session. */
  cookie = '';
  /** The same of a sign-in that is under way at a provider. */
  pending = '';

  constructor(origin: string) {
    this.origin = origin;
  }

  static of({ output }: Up): Browser {
    const origin = /http:\/\/islet-\w+\.localhost:\d+/.exec(output)?.[0];
    if (!origin) throw new Error(`no dashboard in: ${output}`);
    return new Browser(origin);
  }

  /** Another person's, without a session. */
  another(): Browser {
    return new Browser(this.origin);
  }

  /** `more`: headers; undefined leaves one out that a browser would send. */
  ask(method: string, path: string, body?: object, more: Record<string, string | undefined> = {}): Promise<Answer> {
    const { host, port, pathname, search } = new URL(path, this.origin);
    const text = body === undefined ? '' : JSON.stringify(body);
    const given = { host, 'user-agent': 'a test', ...(method === 'GET' ? {} : { origin: this.origin }) };
    const typed = body === undefined ? {} : { 'content-type': 'application/json' };
    // A page of another site does not lead here with a Strict cookie.
    const session = more['sec-fetch-site'] === 'cross-site' ? '' : this.cookie;
    const cookies = [session, this.pending].filter((each) => each !== '').join('; ');
    const own = cookies === '' ? {} : { cookie: cookies };
    const all = { ...given, ...typed, ...own, ...more, 'content-length': Buffer.byteLength(text) };
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise((resolve, reject) => {
      const options: RequestOptions = {
        host: '127.0.0.1',
        port,
        path: pathname + search,
        method,
        headers,
        agent: false,
      };
      const sent = request(options, (response) => {
        let answered = '';
        response.setEncoding('utf8').on('data', (chunk) => (answered += String(chunk)));
        response.on('end', () => {
          const given = response.headers['set-cookie'] ?? [];
          const pending = given.find((each) => each.includes('islet-oidc'));
          const cookie = given.find((each) => !each.includes('islet-oidc'));
          if (pending) this.pending = keptOf(pending);
          if (cookie) this.cookie = keptOf(cookie);
          const { location } = response.headers;
          resolve({ status: response.statusCode ?? 0, text: answered, json: jsonOf(answered), cookie, location });
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }
}

function keptOf(cookie: string): string {
  return /Max-Age=0\b/.test(cookie) ? '' : (cookie.split(';')[0] ?? '');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
