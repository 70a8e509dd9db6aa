/** Copies of a cluster's storage, page by page, between two objects. */

/** One write, as the log has it. */
export type SnapshotRow = {
  revision: number;
  /** The key's revision before. */
  link: number;
  created: number;
  change: 'create' | 'update' | 'delete';
  /** Milliseconds since the epoch. */
  at: number;
  key: string;
  /** JSON. */
  cause: string;
  /** Bytes where it is sealed. */
  text: string | Uint8Array;
};

export interface SnapshotPage {
  rows: SnapshotRow[];
  /** The position of the next page, when there is one. */
  next?: string;
}

/** The moment that a copy is of, and what it needs besides rows. */
export interface SnapshotHead {
  revision: number;
  /** Small durable facts beside the objects, by name. */
  notes: Record<string, string>;
}
