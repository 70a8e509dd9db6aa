/** Checks whether the cluster refuses the node for good: the agent then ends. */
import type { Refusal } from '../../wire/identity.ts';
import { BackOff } from '../back-off.ts';
import { type Clock, sleep } from '../clock.ts';

export interface RevocationCheckPorts {
  /** Asks with the current token; undefined while that is good. */
  whyNoMember(): Promise<Refusal | undefined>;
  clock: Clock;
  random(): number;
  /** The cluster confirmed that it refuses the node. */
  confirmed(why: Refusal): void;
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
    const { whyNoMember, clock, random, confirmed } = this.#ports;
    const backOff = new BackOff(RETRY, random);
    try {
      let why: Refusal | undefined;
      for (let refusals = 0; refusals < MIN_REFUSALS; refusals++) {
        await sleep(clock, backOff.next());
        why = await whyNoMember();
        if (!why) return;
      }
      if (why) confirmed(why);
    } finally {
      this.#asking = false;
    }
  }
}
