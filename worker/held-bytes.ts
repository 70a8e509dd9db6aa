/**
 * Bytes that an isolate holds for clients that read or send more slowly than their other side: frames of watches, lines of
 * logs, bodies. All tenants share the isolate's memory, so a cluster may hold so many, and all clusters together may; whatever
 * holds most is given up when there are more.
 */
export interface HeldLimits {
  /** Bytes, or code units of text. */
  perCluster: number;
  total: number;
  /** Watches, log streams and bodies of a cluster at once. */
  holdersPerCluster: number;
}

/** A Worker has 128 MB; a watch or log stream that is not read holds some 1 MB. */
const LIMITS: HeldLimits = { perCluster: 32 * 1024 * 1024, total: 64 * 1024 * 1024, holdersPerCluster: 4000 };

export interface Holder {
  grow(size: number): void;
  shrink(size: number): void;
  /** Holds nothing any more. */
  close(): void;
}

interface Share {
  size: number;
  readonly holders: Set<OpenHolder>;
}

export class HeldBytes {
  readonly #limits: HeldLimits;
  readonly #shares = new Map<string, Share>();
  #size = 0;

  constructor(limits: HeldLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** undefined when the cluster has too many. `giveUp` must let go of everything that is held. */
  open(cluster: string, giveUp: () => void): Holder | undefined {
    let share = this.#shares.get(cluster);
    if (!share) {
      share = { size: 0, holders: new Set() };
      this.#shares.set(cluster, share);
    }
    if (share.holders.size >= this.#limits.holdersPerCluster) return undefined;
    const own = share;
    const holder = new OpenHolder(
      giveUp,
      (by) => this.#change(own, by),
      () => this.#closed(cluster, own, holder),
    );
    own.holders.add(holder);
    return holder;
  }

  #change(share: Share, by: number): void {
    share.size += by;
    this.#size += by;
    if (by <= 0) return;
    const { perCluster, total } = this.#limits;
    while (share.size > perCluster) giveUpLargest(share);
    while (this.#size > total) giveUpLargest(largest(this.#shares.values()));
  }

  #closed(cluster: string, share: Share, holder: OpenHolder): void {
    share.holders.delete(holder);
    if (share.holders.size === 0 && this.#shares.get(cluster) === share) this.#shares.delete(cluster);
  }
}

class OpenHolder implements Holder {
  size = 0;
  readonly giveUp: () => void;
  readonly #change: (by: number) => void;
  readonly #closed: () => void;
  #open = true;

  constructor(giveUp: () => void, change: (by: number) => void, closed: () => void) {
    this.giveUp = giveUp;
    this.#change = change;
    this.#closed = closed;
  }

  grow(size: number): void {
    if (!this.#open) return;
    this.size += size;
    this.#change(size);
  }

  shrink(size: number): void {
    if (!this.#open) return;
    this.size -= size;
    this.#change(-size);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#change(-this.size);
    this.#closed();
  }
}

function giveUpLargest(share: Share): void {
  const holder = largest(share.holders);
  holder.giveUp();
  holder.close();
}

function largest<T extends { size: number }>(of: Iterable<T>): T {
  let found: T | undefined;
  for (const each of of) if (!found || each.size > found.size) found = each;
  if (!found) throw new Error('bytes are held by no holder');
  return found;
}

/** Of this isolate. */
export const heldBytes = new HeldBytes();
