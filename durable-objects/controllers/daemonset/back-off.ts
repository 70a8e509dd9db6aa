/**
 * The back-off of failed daemon pods, by node (upstream's `failedPodsBackoff`, client-go `util/flowcontrol/backoff.go`):
 * a node that rejects its pod would otherwise be given one after the other. A failed pod is replaced at once, its
 * replacement after one second, then two, four, and so on up to a quarter of an hour. A new template starts anew.
 *
 * The delays outlive the object in the memo of the DaemonSet's timer.
 */

/** Milliseconds, as all times here. */
const INITIAL = 1000;
const MAX = 15 * 60_000;

/** By node: the delay, and the time of the last replacement. */
type Delays = Record<string, [delay: number, since: number]>;

export class FailedPodsBackOff {
  private readonly generation: number;
  private readonly delays: Delays;
  private readonly now: number;
  /** The time until a failed pod may be replaced; undefined where none waits. */
  private wait: number | undefined;

  /** `generation`: that of the DaemonSet which its status tells. */
  constructor(memo: string | undefined, generation: number, now: number) {
    this.generation = generation;
    this.now = now;
    const kept = memo === undefined ? undefined : (JSON.parse(memo) as { generation: number; delays: Delays });
    const alive = Object.entries(kept?.generation === generation ? kept.delays : {}).filter(
      ([, [, since]]) => now - since <= 2 * MAX,
    );
    this.delays = Object.fromEntries(alive);
  }

  /** Whether the failed pod of a node is to be replaced now, which is then the last replacement. */
  mayReplace(node: string): boolean {
    const [delay, since] = this.delays[node] ?? [];
    if (delay === undefined || since === undefined) {
      this.delays[node] = [INITIAL, this.now];
      return true;
    }
    const left = since + delay - this.now;
    if (left > 0) {
      this.wait = Math.min(left, this.wait ?? left);
      return false;
    }
    this.delays[node] = [Math.min(2 * delay, MAX), this.now];
    return true;
  }

  /** The part of a Plan that keeps the delays until the last has expired. */
  get plan(): { requeueAfter: number; memo: string } | undefined {
    const ends = Object.values(this.delays).map(([, since]) => since + 2 * MAX + 1 - this.now);
    if (ends.length === 0) return undefined;
    const memo = JSON.stringify({ generation: this.generation, delays: this.delays });
    return { requeueAfter: this.wait ?? Math.max(...ends), memo };
  }
}
