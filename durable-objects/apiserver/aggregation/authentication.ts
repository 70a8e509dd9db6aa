/**
 * The ConfigMap kube-system/extension-apiserver-authentication, by which aggregated APIs know the users that this server
 * names to them (upstream `pkg/controlplane/controller/clusterauthenticationtrust`). It is made when it is looked for:
 * the authorities in it cost keys.
 */

import { sameJson } from '../../../kube/machinery/equality.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ConfigMap } from '../../../kube/types.ts';
import type { Call } from '../call.ts';
import { send } from '../own-request.ts';
import type { RequestHandler } from '../request.ts';
import type { Server } from '../server.ts';

export interface AuthenticationPorts {
  store: Server['store'];
  authorities?: Server['authorities'];
  /** Milliseconds since the epoch. */
  now(): number;
  api: RequestHandler;
}

/** The name of the client whose certificate this server shows. */
export const FRONT_PROXY_CLIENT = 'front-proxy-client';

const NAMESPACE = 'kube-system';
const NAME = 'extension-apiserver-authentication';
const KEY = keyOf('configmaps', NAMESPACE, NAME);
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const HEADERS = {
  'requestheader-allowed-names': JSON.stringify([FRONT_PROXY_CLIENT]),
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-uid-headers': '["X-Remote-Uid"]',
  'requestheader-username-headers': '["X-Remote-User"]',
};

export class Authentication {
  readonly #ports: AuthenticationPorts;
  /** The stored ConfigMap has the current data. */
  #isCurrent = false;
  #running: Promise<void> | undefined;

  constructor(ports: AuthenticationPorts) {
    this.#ports = ports;
    ports.store.onCommit((entries) => {
      if (this.#isCurrent && entries.some(({ key }) => key === KEY)) this.#isCurrent = false;
    });
  }

  /**
   * Resolves when the ConfigMap is there, for a request that may see it; undefined for others, and when it is there
   * already.
   */
  readyFor({ info, request }: Call): Promise<void> | undefined {
    if (this.#isCurrent || !this.#ports.authorities || request.cause !== undefined) return undefined;
    if (info.namespace !== NAMESPACE && info.namespace !== '') return undefined;
    if (info.name !== '' && info.name !== NAME) return undefined;
    this.#running ??= this.#make().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #make(): Promise<void> {
    const { store, now, api, authorities } = this.#ports;
    if (!store.get(keyOf('namespaces', '', NAMESPACE)) || !authorities) return;
    const { client, frontProxy } = await authorities();
    const data = { 'client-ca-file': client, 'requestheader-client-ca-file': frontProxy, ...HEADERS };
    const cause = { kind: 'system', at: now(), why: 'authentication' } as const;
    const read = (): ConfigMap | undefined => {
      const stored = store.get(KEY);
      return stored && (JSON.parse(stored.text) as ConfigMap);
    };
    const current = read();
    if (!current) {
      await send(api, {
        cause,
        method: 'POST',
        path: PATH,
        body: { metadata: { name: NAME, namespace: NAMESPACE }, data },
      });
    } else if (!sameJson(current.data, data)) {
      await send(api, { cause, method: 'PUT', path: `${PATH}/${NAME}`, body: { ...current, data } });
    }
    // Another write may have come before this one, which has changed nothing then, or after it.
    this.#isCurrent = sameJson(read()?.data, data);
  }
}
