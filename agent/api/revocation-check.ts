/** Checks whether the cluster refuses the node's token for good: the agent then ends. */
import { BackOff } from '../back-off.ts';
import { type Clock, sleep } from '../clock.ts';

export interface RevocationCheckPorts {
  /** Asks with the current token. */
  isMember(): Promise<boolean>;
  clock: Clock;
  random(): number;
  /** The cluster confirmed that it refuses the token. */
  confirmed(): void;
}

/** The refusals that count as final: a single request may have carried a token that was renewed meanwhile. */
const MIN_REFUSALS = 3;
const RETRY = { initial: 1_000, max: 4_000 };

export class RevocationCheck {
  readonly #ports: RevocationCheckPorts;
  #asking = false;

  constructor(ports: RevocationCheckPorts) {
    this.#ports = ports;
  }

  /** The token was refused once. */
  async suspect(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { isMember, clock, random, confirmed } = this.#ports;
    const backOff = new BackOff(RETRY, random);
    try {
      for (let refusals = 0; refusals < MIN_REFUSALS; refusals++) {
        await sleep(clock, backOff.next());
        if (await isMember()) return;
      }
      confirmed();
    } finally {
      this.#asking = false;
    }
  }
}
