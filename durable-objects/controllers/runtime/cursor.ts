/**
 * The durable cursor: every log entry up to it has been answered by all controllers. It is written seldom (each write
 * is a billed row), because replaying what was already answered changes nothing.
 */
import type { NotePort } from './ports.ts';

const NOTE = 'controllers/cursor';

interface CursorState {
  revision: number;
  /** Which controllers answered; another build answers everything anew. */
  build: string;
}

export class Cursor {
  private readonly notes: NotePort;
  private readonly build: string;
  private written: number;
  /** Whether the note belongs to these controllers. */
  readonly known: boolean;

  constructor(notes: NotePort, build: string) {
    this.notes = notes;
    this.build = build;
    const state = parse(notes.read(NOTE));
    this.known = state?.build === build;
    this.written = this.known && state ? state.revision : -1;
  }

  /** The revision to replay the log after; -1 when everything must be looked at. */
  get revision(): number {
    return this.written;
  }

  write(revision: number): void {
    if (revision === this.written) return;
    this.notes.write(NOTE, JSON.stringify({ revision, build: this.build } satisfies CursorState));
    this.written = revision;
  }
}

function parse(text: string | undefined): CursorState | undefined {
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as Partial<CursorState>;
    return typeof state.revision === 'number' && typeof state.build === 'string' ? (state as CursorState) : undefined;
  } catch {
    return undefined;
  }
}
