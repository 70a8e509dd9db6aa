/** Bound service account tokens, one a pod and audience, renewed when four fifths of their time are over (kubelet `token/token_manager.go`). */
import type { Pod } from '../../kube/types.ts';
import type { Api } from '../api/client.ts';
import type { Clock } from '../clock.ts';

interface Held {
  token: string;
  renewAt: number;
}

export class TokenCache {
  readonly #api: Api;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #held = new Map<string, Held>();

  constructor(api: Api, clock: Pick<Clock, 'now'>) {
    this.#api = api;
    this.#clock = clock;
  }

  async get(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string> {
    const { namespace, name, uid } = pod.metadata;
    const key = `${uid} ${audience ?? ''} ${expirationSeconds}`;
    const held = this.#held.get(key);
    if (held && this.#clock.now() < held.renewAt) return held.token;
    const account = pod.spec?.serviceAccountName || 'default';
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const answer = await this.#api.request<{ status: { token: string } }>('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    });
    const { token } = answer.status;
    this.#held.set(key, { token, renewAt: this.#clock.now() + expirationSeconds * 800 });
    return token;
  }

  forget(uid: string): void {
    for (const key of this.#held.keys()) if (key.startsWith(`${uid} `)) this.#held.delete(key);
  }
}
