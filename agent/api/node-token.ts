/**
 * The node's token: renewed when some four fifths of its time are over, as kubelet renews its client certificate
 * (client-go `util/certificate/certificate_manager.go`: 80 %, give or take 10), so that a node runs for years.
 */

import { RENEW_PATH } from '../../wire/identity.ts';
import { BackOff } from '../back-off.ts';
import type { Clock } from '../clock.ts';
import { claimsOf } from './claims.ts';
import { type Api, ApiError } from './client.ts';

export interface NodeTokenPorts {
  api: Pick<Api, 'request'>;
  clock: Clock;
  /** In [0, 1): a fleet that joined together must not renew together. */
  random(): number;
  /** Keeps the token for later lives, or throws. */
  keep(token: string): void;
  /** The fresh token is the current one now. */
  renewed(): void;
  log: { info(text: string): void; warn(text: string): void };
}

/** The longest wait between two looks at the clock: a machine that sleeps stops its timers. Milliseconds. */
const CHECK_INTERVAL = 3600_000;
const RETRY = { initial: 10_000, max: CHECK_INTERVAL };

export class NodeToken {
  readonly #ports: NodeTokenPorts;
  #token: string;
  #due: number;
  readonly #backOff: BackOff;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(token: string, ports: NodeTokenPorts) {
    this.#ports = ports;
    this.#backOff = new BackOff(RETRY, ports.random);
    this.#token = token;
    this.#due = dueOf(token, ports.random());
  }

  get current(): string {
    return this.#token;
  }

  start(): void {
    const left = this.#due - this.#ports.clock.now();
    if (left <= 0) void this.#renew();
    else this.#wait(Math.min(left, CHECK_INTERVAL));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #wait(milliseconds: number): void {
    if (!this.#stopped) this.#cancel = this.#ports.clock.after(milliseconds, () => this.start());
  }

  async #renew(): Promise<void> {
    const { api, random, keep, renewed, log } = this.#ports;
    try {
      const { token } = await api.request<{ token: string }>('POST', RENEW_PATH, {});
      // The token is kept before all else: the next renewal revokes the one that the disk has so far.
      keep(token);
      this.#token = token;
      this.#due = dueOf(token, random());
      this.#backOff.reset();
      renewed();
      log.info(`renewed the node's token, which is good until ${new Date(expiryOf(token)).toISOString().slice(0, 10)}`);
      // No renewal follows at once: a machine whose clock is a year ahead would renew its token without end.
      this.#wait(CHECK_INTERVAL);
    } catch (error) {
      const until = new Date(expiryOf(this.#token)).toISOString();
      // The socket notices a token that is refused for good.
      if (!(error instanceof ApiError && error.code === 401)) {
        log.warn(`the node's token, good until ${until}, is not renewed yet: ${(error as Error).message}`);
      }
      this.#wait(this.#backOff.next());
    }
  }
}

function expiryOf(token: string): number {
  return (claimsOf(token).exp ?? 0) * 1000;
}

/** The time of the next renewal, in milliseconds since the epoch. */
function dueOf(token: string, random: number): number {
  const expiry = expiryOf(token);
  const issued = (claimsOf(token).iat ?? 0) * 1000;
  return Math.round(issued + (expiry - issued) * (0.7 + 0.2 * random));
}
