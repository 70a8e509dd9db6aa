/** The limit of a cluster's storage (etcd's `--quota-backend-bytes`). A full cluster can be read and emptied. */

import { StoreError } from './errors.ts';
import type { SqlPort } from './sql/port.ts';
import type { StorageUse } from './store.ts';
import type { Version } from './tables/table.ts';

/** The share of the quota from which on clients are warned. */
const LOW = 0.9;
/**
 * The share beyond the quota for writes that must succeed in a full cluster: statuses, Leases, and the log of deletes.
 */
const RESERVE = 0.1;
/** Bytes by which an object may grow in a full cluster: a kubelet's status has a condition more, a Lease is renewed. */
const SLACK = 4096;
/** The part of a text by which an object that is being deleted is recognised. */
const MARK = '"deletionTimestamp":"';
/** Bytes by which an object may grow when its delete begins. */
const MARK_BYTES = 512;
/** Bytes up to which an object that is being deleted may grow, as controllers note in it what it waits for. */
const MARKED_BYTES = 8192;
/** A row's columns beside its text, and its place in a page. */
const ROW_BYTES = 64;
const MAX_UNMEASURED = 1024 * 1024;

export class StorageQuota implements StorageUse {
  readonly #quota: () => number | undefined;
  readonly #sql: SqlPort;
  #measured: number | undefined;
  /** Bytes written since it was measured. */
  #since = 0;

  constructor(sql: SqlPort, quota: number | (() => number | undefined) | undefined) {
    this.#sql = sql;
    this.#quota = typeof quota === 'function' ? quota : () => quota;
  }

  get quota(): number | undefined {
    return this.#quota();
  }

  /** Measured seldom, and estimated from the writes since. */
  get used(): number {
    if (this.#measured === undefined || this.#since > Math.min(MAX_UNMEASURED, (this.quota ?? 0) / 50)) {
      this.#measured = this.#sql.size();
      this.#since = 0;
    }
    return this.#measured + this.#since;
  }

  get isFull(): boolean {
    return this.quota !== undefined && this.used >= this.quota;
  }

  get isLow(): boolean {
    return this.quota !== undefined && this.used >= this.quota * LOW;
  }

  /** Rows were deleted. */
  freed(): void {
    this.#measured = undefined;
  }

  /**
   * Counts a write before it is made. Throws `no-space` for one that `isRefusable`. `before` is the object's text, where
   * it exists.
   */
  take({ key, text, cause }: Version, before: string | undefined, isRefusable: boolean): void {
    if (this.quota !== undefined && isRefusable) {
      const { used } = this;
      if (used >= this.quota && !isAllowedInFull(text, before, used < this.quota * (1 + RESERVE))) {
        throw new StoreError('no-space', `no room for ${key}: ${used} bytes of ${this.quota} are used`);
      }
    }
    this.#since += text.length + cause.length + 2 * key.length + ROW_BYTES;
  }
}

/**
 * A stored object may be written at its size, and take the little more that its delete needs, as that frees its room.
 */
function isAllowedInFull(text: string, before: string | undefined, hasReserve: boolean): boolean {
  if (before === undefined) return false;
  const grows = text.length - before.length;
  if (grows <= (hasReserve ? SLACK : 0)) return true;
  if (!text.includes(MARK)) return false;
  return before.includes(MARK) ? text.length <= MARKED_BYTES : grows <= MARK_BYTES;
}
