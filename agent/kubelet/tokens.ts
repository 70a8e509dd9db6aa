/**
 * Bound service account tokens, one a pod and audience, renewed when four fifths of their time are over (kubelet
 * `token/token_manager.go`).
 */
import type { Pod } from '../../kube/types.ts';
import type { Api } from '../api/client.ts';
import type { Clock } from '../clock.ts';

interface Held {
  token: string;
  madeAt: number;
  renewAt: number;
  expiresAt: number;
}

interface TokenAnswer {
  status: { token: string; expirationTimestamp?: string };
}

/** A token that is good for longer is renewed once a day. Milliseconds. */
const MAX_AGE = 24 * 3600_000;

export class TokenCache {
  readonly #api: Api;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #held = new Map<string, Held>();

  constructor(api: Api, clock: Pick<Clock, 'now'>) {
    this.#api = api;
    this.#clock = clock;
  }

  async get(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string> {
    const { uid } = pod.metadata;
    const key = `${uid} ${audience ?? ''} ${expirationSeconds}`;
    const held = this.#held.get(key);
    const now = this.#clock.now();
    // The times of one that was made later than now are of a clock that was set back.
    if (held && held.madeAt <= now && now < held.renewAt) return held.token;
    try {
      const fresh = await this.#request(pod, audience, expirationSeconds);
      this.#held.set(key, fresh);
      return fresh.token;
    } catch (error) {
      if (held && this.#clock.now() < held.expiresAt) return held.token;
      throw error;
    }
  }

  async #request(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<Held> {
    const { namespace, name, uid } = pod.metadata;
    const account = pod.spec?.serviceAccountName || 'default';
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const now = this.#clock.now();
    const { status } = await this.#api.request<TokenAnswer>('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    });
    // The cluster may have granted more or less than was asked for.
    const granted = Date.parse(status.expirationTimestamp ?? '');
    const expiresAt = Number.isNaN(granted) ? now + expirationSeconds * 1000 : granted;
    return { token: status.token, madeAt: now, expiresAt, renewAt: now + Math.min(MAX_AGE, (expiresAt - now) * 0.8) };
  }

  forget(uid: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(`${uid} `)) this.#held.delete(key);
  }
}
