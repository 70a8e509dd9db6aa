/**
 * Bytes that an isolate holds for clients that read or send more slowly than their other side: frames of watches,
 * lines of logs, bodies. All tenants share the isolate's memory, so a cluster may hold so many, and all clusters
 * together may; whatever holds most is given up when there are more.
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

  /**
   * undefined when the cluster has too many. `giveUp` must let go of everything that is held. `resumes`: its client
   * takes it up again when it ends, as clients do with watches. The departure of a client shows only when something is
   * written to it, so a watch in which nothing happens may have no client any more: the oldest of them makes room for
   * the new holder.
   *
   * The runtime lets a request touch its own sockets and streams only, and another one may need the room: the follow-up
   * of a promise runs in the request that made the promise.
   */
  open(cluster: string, giveUp: () => void, resumes = false): Holder | undefined {
    let share = this.#shares.get(cluster);
    if (!share) {
      share = { size: 0, holders: new Set() };
      this.#shares.set(cluster, share);
    }
    if (share.holders.size >= this.#limits.holdersPerCluster) {
      const idle = oldestIdle(share.holders);
      if (!idle) return undefined;
      end(idle);
      // With its last holder it may have been removed.
      this.#shares.set(cluster, share);
    }
    const own = share;
    const { promise, resolve } = Promise.withResolvers<void>();
    promise.then(giveUp).catch((error) => console.error('a holder could not be given up', error));
    const holder = new OpenHolder(
      resolve,
      resumes,
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
  readonly resumes: boolean;
  readonly #change: (by: number) => void;
  readonly #closed: () => void;
  #open = true;

  constructor(giveUp: () => void, resumes: boolean, change: (by: number) => void, closed: () => void) {
    this.giveUp = giveUp;
    this.resumes = resumes;
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
  end(largest(share.holders));
}

/** The bytes count no longer from now on: their request lets go of them in its next turn. */
function end(holder: OpenHolder): void {
  holder.giveUp();
  holder.close();
}

function oldestIdle(holders: Iterable<OpenHolder>): OpenHolder | undefined {
  for (const holder of holders) if (holder.resumes && holder.size === 0) return holder;
  return undefined;
}

function largest<T extends { size: number }>(of: Iterable<T>): T {
  let found: T | undefined;
  for (const each of of) if (!found || each.size > found.size) found = each;
  if (!found) throw new Error('bytes are held by no holder');
  return found;
}

/** The holders of this isolate. */
export const heldBytes = new HeldBytes();
