/**
 * The durable cursor of a follower of the log: every change up to it has been answered. It is written seldom (each
 * write is a billed row): what is replayed after it may have been answered before, which changes nothing.
 */
import type { NotePort } from '../controllers/runtime/ports.ts';

interface CursorState {
  revision: number;
  /** The build that answered; another build answers everything anew. */
  build: string;
  pending?: Pending;
}

/**
 * Work that the log does not tell of: `work` goes on in the next life, and work that waits for `changes` once there is
 * a change that concerns the follower.
 */
export type Pending = 'work' | 'changes';

/** Revisions after which a cursor is moved on though nothing was done: each life reads the log from there. */
export const FAR_BEHIND = 1000;

export class Cursor {
  private readonly notes: NotePort;
  private readonly name: string;
  private readonly build: string;
  private state: CursorState | undefined;
  /** Whether there was no cursor at all: the cluster is new. */
  readonly isFirst: boolean;

  /** `name` is the note's. `settled`: of a new cluster, the revision up to which there is nothing to do. */
  constructor(notes: NotePort, name: string, build: string, settled?: number) {
    this.notes = notes;
    this.name = name;
    this.build = build;
    const text = notes.read(name);
    this.isFirst = text === undefined;
    const state = parse(text);
    this.state = state?.build === build ? state : undefined;
    if (this.isFirst && settled !== undefined) this.state = { revision: settled, build };
  }

  /** The revision to replay the log after; undefined when everything must be looked at. */
  get revision(): number | undefined {
    return this.state?.revision;
  }

  get pending(): Pending | undefined {
    return this.state?.pending;
  }

  /** Whether it lies so far behind a revision that it is worth a write. */
  isFarBehind(revision: number): boolean {
    return this.state !== undefined && revision - this.state.revision >= FAR_BEHIND;
  }

  write(revision: number, pending?: Pending): void {
    if (this.state?.revision === revision && this.pending === pending) return;
    this.state = { revision, build: this.build, ...(pending ? { pending } : {}) };
    this.notes.write(this.name, JSON.stringify(this.state));
  }

  /** Everything must be looked at: nothing is known to be answered. */
  forget(): void {
    this.state = undefined;
  }
}

function parse(text: string | undefined): CursorState | undefined {
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as Partial<CursorState>;
    const { revision, build, pending } = state;
    if (typeof revision !== 'number' || typeof build !== 'string') return undefined;
    return { revision, build, ...(pending ? { pending: pending === 'changes' ? pending : 'work' } : {}) };
  } catch {
    return undefined;
  }
}
