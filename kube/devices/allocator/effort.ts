/**
 * Devices that are tried anew at most, on all nodes together and whatever the claims ask for. Upstream gives up on a node
 * after ten seconds; the clock of a Durable Object stands still while it computes.
 */
const MOST_RETRIED = 1_000_000;

/** Counts the devices that are tried for one pod, which is most of the work of allocating its claims. */
export class Effort {
  tried = 0;
  #retried = 0;

  /** Whether a device may be tried; `anew`: other combinations with it were tried on the node. */
  spend(anew: boolean): boolean {
    this.tried++;
    if (anew) this.#retried++;
    return this.#retried <= MOST_RETRIED;
  }
}
