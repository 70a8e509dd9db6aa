/**
 * Commands of the palette and of keys. Each part of the page registers a source:
 * `useEffect(() => registerCommands(() => [{ title: t('delete'), shortcut: 'd', run }]), [])`.
 */
import { signal } from '@preact/signals';

export interface Command {
  /** Tells it apart; the title when left out. */
  id?: string;
  title: string;
  /** The heading that it stands beneath in the palette and in the keyboard help. */
  group?: string;
  /** Shown quietly beside the title: a namespace, a kind. */
  detail?: string;
  /** Further words that it is found by. */
  words?: string;
  /** Keys after each other: `g p`; one with Ctrl or Cmd: `mod+k`. */
  shortcut?: string;
  /** It is in the keyboard help, and not in the palette. */
  keysOnly?: boolean;
  run(): void;
}

/**
 * Is asked while the palette is open, with what is typed there, and with '' for the keyboard help and for keys: what
 * has no shortcut and is many (objects) is given only for a query. Signals that it reads are followed.
 */
export type CommandSource = (query: string) => readonly Command[];

const sources = signal<readonly CommandSource[]>([]);

/** Answers with the function that takes the source away again. */
export function registerCommands(source: CommandSource): () => void {
  sources.value = [...sources.peek(), source];
  return () => {
    sources.value = sources.peek().filter((each) => each !== source);
  };
}

/** Of the newest source first, so that what is open goes before what lies beneath it. */
export function commandsFor(query: string): Command[] {
  const seen = new Set<string>();
  const found = sources.value.toReversed().flatMap((source) => source(query));
  return found.filter(({ id, title, group }) => {
    const key = id ?? `${group ?? ''}/${title}`;
    return !seen.has(key) && seen.add(key);
  });
}
