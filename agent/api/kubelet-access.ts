/**
 * Decides on requests to the agent's own server as kubelet does in its webhook modes: tokens by TokenReview, rights by
 * SubjectAccessReview (`pkg/kubelet/server/auth.go`, the filter in `server.go`). Answers are kept for as long as kubelet
 * keeps them by default.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Api } from './client.ts';

export interface AccessPorts {
  api: Api;
  clock: Pick<Clock, 'now'>;
  nodeName: string;
}

export interface Refusal {
  status: 401 | 403 | 500;
  message: string;
}

interface User {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** Milliseconds: the defaults of a kubelet's configuration. */
const TOKEN_MS = 2 * 60_000;
const ALLOWED_MS = 5 * 60_000;
const DENIED_MS = 30_000;
const MOST_ANSWERS = 1000;

const TOKEN_REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
/** Finer than `proxy`, which does as well. */
const FINE: Readonly<Record<string, string>> = {
  '/pods': 'pods',
  '/healthz': 'healthz',
  '/configz': 'configz',
  '/runningpods': 'pods',
};
const COARSE: Readonly<Record<string, string>> = {
  '/stats': 'stats',
  '/metrics': 'metrics',
  '/logs': 'log',
  '/checkpoint': 'checkpoint',
  '/statusz': 'statusz',
  '/flagz': 'configz',
};

/** The subresources of `nodes` of which one must be allowed, in the order in which they are asked about. */
export function subresourcesOf(path: string): string[] {
  const fine = under(FINE, path);
  return [...(fine ? [fine] : []), under(COARSE, path) ?? 'proxy'];
}

function under(table: Readonly<Record<string, string>>, path: string): string | undefined {
  return Object.entries(table).find(([root]) => path === root || path.startsWith(`${root}/`))?.[1];
}

/** undefined where there is none (apiserver `authentication/request/bearertoken`). */
export function bearerToken(header: string | undefined): string | undefined {
  const [scheme, token] = (header ?? '').trim().split(' ');
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined;
}

export class KubeletAccess {
  readonly #ports: AccessPorts;
  readonly #users: Answers<User | undefined>;
  readonly #decisions: Answers<boolean>;

  constructor(ports: AccessPorts) {
    this.#ports = ports;
    this.#users = new Answers(ports.clock);
    this.#decisions = new Answers(ports.clock);
  }

  /** undefined when the request may go on. `path` is decoded. */
  async refusal(method: string, path: string, authorization: string | undefined): Promise<Refusal | undefined> {
    const token = bearerToken(authorization);
    const user = token === undefined ? undefined : await this.#userOf(token).catch(() => undefined);
    if (!user) return { status: 401, message: 'Unauthorized' };
    const verb = VERBS[method] ?? '';
    const subresources = subresourcesOf(path);
    const said = (key: string, value: string): string =>
      `(user=${user.username ?? ''}, verb=${verb}, resource=nodes, ${key}=${value})`;
    for (const subresource of subresources) {
      try {
        if (await this.#allows(user, verb, subresource)) return undefined;
      } catch {
        return { status: 500, message: `Authorization error ${said('subresource', subresource)}` };
      }
    }
    return { status: 403, message: `Forbidden ${said('subresource(s)', `[${subresources.join(' ')}]`)}\n` };
  }

  #userOf(token: string): Promise<User | undefined> {
    const ask = async (): Promise<User | undefined> => {
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
      const { status } = await this.#ports.api.request<{ status?: { authenticated?: boolean; user?: User } }>(
        'POST',
        TOKEN_REVIEWS,
        review,
      );
      return status?.authenticated ? (status.user ?? {}) : undefined;
    };
    return this.#users.get(token, ask, () => TOKEN_MS);
  }

  #allows({ username, uid, groups, extra }: User, verb: string, subresource: string): Promise<boolean> {
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name: this.#ports.nodeName };
    const spec = { user: username, uid, groups, extra, resourceAttributes };
    const ask = async (): Promise<boolean> => {
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
      const { status } = await this.#ports.api.request<{ status?: { allowed?: boolean } }>(
        'POST',
        ACCESS_REVIEWS,
        review,
      );
      return status?.allowed === true;
    };
    return this.#decisions.get(JSON.stringify(spec), ask, (allowed) => (allowed ? ALLOWED_MS : DENIED_MS));
  }
}

/** The latest answers, by the digest of their question. Errors are not kept. */
class Answers<T> {
  readonly #clock: AccessPorts['clock'];
  readonly #kept = new Map<string, { answer: Promise<T>; asked: number; until: number }>();

  constructor(clock: AccessPorts['clock']) {
    this.#clock = clock;
  }

  async get(question: string, ask: () => Promise<T>, keep: (answer: T) => number): Promise<T> {
    const key = createHash('sha256').update(question).digest('base64');
    const now = this.#clock.now();
    const kept = this.#kept.get(key);
    // The machine's clock may have been set back.
    if (kept && now >= kept.asked && now < kept.until) return kept.answer;
    this.#kept.delete(key);
    const entry = { answer: ask(), asked: now, until: Number.POSITIVE_INFINITY };
    this.#kept.set(key, entry);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_ANSWERS) break;
      this.#kept.delete(oldest);
    }
    try {
      const answer = await entry.answer;
      entry.until = now + keep(answer);
      return answer;
    } catch (error) {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
      throw error;
    }
  }
}
