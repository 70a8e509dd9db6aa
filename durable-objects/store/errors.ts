/** Refusals of the store. The API server turns each code into a Status (`apiserver/errors.ts`). */
export type StoreErrorCode =
  | 'not-found'
  | 'already-exists'
  /** The object is not at the revision (or uid) that the write expected. */
  | 'conflict'
  /** The revision asked for was compacted away. */
  | 'compacted'
  /** The revision asked for lies in the future. */
  | 'future-revision'
  | 'too-large'
  /** The cluster's storage is full. */
  | 'no-space'
  | 'too-many'
  /** The stored text cannot be opened: it was sealed with a key that is not known here, or was tampered with. */
  | 'unreadable';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** The revision to start again from (compacted) or the current one (conflict, future-revision). */
  readonly revision: number;

  constructor(code: StoreErrorCode, message: string, revision = 0) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.revision = revision;
  }
}

export function compacted(revision: number, floor: number): StoreError {
  return new StoreError('compacted', `revision ${revision} has been compacted, up to ${floor}`, floor);
}
