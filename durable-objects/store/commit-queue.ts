/**
 * Group commit: writes that arrive together are handed on together (one transaction, one fsync: twice the creates for
 * half the CPU). While nothing else is under way, a write waits only for what is ready in the same turn: a controller's
 * writes, which no request announces, still find each other.
 */
export interface GroupingOptions {
  /** Requests under way in this object, the one that is writing included. */
  inFlight?: () => number;
  /** Runs a callback once ready work has run; `setTimeout(…, 0)`. */
  defer?: (callback: () => void) => void;
}

/** Keeps one transaction from holding up requests. */
const MAX_GROUP = 20;

export class CommitQueue<T> {
  readonly #execute: (group: T[]) => void;
  readonly #inFlight: () => number;
  readonly #defer: (callback: () => void) => void;
  #waiting: T[] = [];
  #scheduled = false;
  #executing = false;

  constructor(execute: (group: T[]) => void, { inFlight, defer }: GroupingOptions) {
    this.#execute = execute;
    this.#inFlight = inFlight ?? (() => 1);
    this.#defer = defer ?? ((callback) => void setTimeout(callback, 0));
  }

  add(write: T): void {
    this.#waiting.push(write);
    // Writes of a listener of the group before follow that group.
    if (this.#executing || this.#scheduled) return;
    this.#schedule(this.#inFlight() <= 1 ? queueMicrotask : this.#defer);
  }

  #schedule(defer: (callback: () => void) => void): void {
    this.#scheduled = true;
    defer(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    this.#executing = true;
    try {
      const rest = this.#waiting.splice(MAX_GROUP);
      const group = this.#waiting;
      this.#waiting = rest;
      this.#execute(group);
    } finally {
      this.#executing = false;
      if (this.#waiting.length > 0 && !this.#scheduled) this.#schedule(this.#defer);
    }
  }
}
