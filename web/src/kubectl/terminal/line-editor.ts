/** A line as it is typed: keys in, the new line and what is to be done out. It draws nothing. */

export interface Line {
  text: string;
  /** Between characters of `text`, in code units. */
  cursor: number;
}

export type Action = 'draw' | 'enter' | 'complete' | 'interrupt' | 'end' | 'clear' | 'nothing';

const EMPTY: Line = { text: '', cursor: 0 };

export class LineEditor {
  #line: Line = EMPTY;
  /** The text that was cut last, for Ctrl-Y. */
  #cut = '';
  readonly #history: () => readonly string[];
  /** Where in the history it is; the number of its lines: at what is being typed. */
  #at: number;
  #typed = '';

  constructor(history: () => readonly string[]) {
    this.#history = history;
    this.#at = history().length;
  }

  get line(): Line {
    return this.#line;
  }

  begin(text = ''): void {
    this.#line = { text, cursor: text.length };
    this.#at = this.#history().length;
  }

  insert(text: string): void {
    const { text: old, cursor } = this.#line;
    this.#line = { text: old.slice(0, cursor) + text + old.slice(cursor), cursor: cursor + text.length };
  }

  /** Puts a completion in the place of the word before the cursor. */
  replaceWord(word: string, by: string): void {
    const { text, cursor } = this.#line;
    const from = cursor - word.length;
    this.#line = { text: text.slice(0, from) + by + text.slice(cursor), cursor: from + by.length };
  }

  /** `key`: what a terminal sends for one key, or a pasted text without line breaks. */
  press(key: string): Action {
    const { text, cursor } = this.#line;
    switch (key) {
      case '\r':
      case '\n':
        return 'enter';
      case '\t':
        return 'complete';
      case '\x03':
        return 'interrupt';
      case '\x0c':
        return 'clear';
      case '\x04':
        return text === '' ? 'end' : this.#remove(cursor, this.#right());
      case '\x7f':
      case '\b':
        return this.#remove(this.#left(), cursor);
      case '\x1b[3~':
        return this.#remove(cursor, this.#right());
      case '\x17':
      case '\x1b\x7f':
        return this.#kill(this.#wordLeft(), cursor);
      case '\x1bd':
        return this.#kill(cursor, this.#wordRight());
      case '\x15':
        return this.#kill(0, cursor);
      case '\x0b':
        return this.#kill(cursor, text.length);
      case '\x19':
        this.insert(this.#cut);
        return 'draw';
      case '\x1b[D':
      case '\x1bOD':
      case '\x02':
        return this.#move(this.#left());
      case '\x1b[C':
      case '\x1bOC':
      case '\x06':
        return this.#move(this.#right());
      case '\x01':
      case '\x1b[H':
      case '\x1bOH':
      case '\x1b[1~':
        return this.#move(0);
      case '\x05':
      case '\x1b[F':
      case '\x1bOF':
      case '\x1b[4~':
        return this.#move(text.length);
      case '\x1b[1;5D':
      case '\x1b[1;3D':
      case '\x1bb':
        return this.#move(this.#wordLeft());
      case '\x1b[1;5C':
      case '\x1b[1;3C':
      case '\x1bf':
        return this.#move(this.#wordRight());
      case '\x1b[A':
      case '\x1bOA':
      case '\x10':
        return this.#recall(-1);
      case '\x1b[B':
      case '\x1bOB':
      case '\x0e':
        return this.#recall(1);
      default:
        if (/\p{Cc}/u.test(key)) return 'nothing';
        this.insert(key);
        return 'draw';
    }
  }

  #recall(step: number): Action {
    const history = this.#history();
    const next = this.#at + step;
    if (next < 0 || next > history.length) return 'nothing';
    if (this.#at === history.length) this.#typed = this.#line.text;
    this.#at = next;
    const text = next === history.length ? this.#typed : (history[next] as string);
    this.#line = { text, cursor: text.length };
    return 'draw';
  }

  #remove(from: number, to: number): Action {
    if (from === to) return 'nothing';
    const { text } = this.#line;
    this.#line = { text: text.slice(0, from) + text.slice(to), cursor: from };
    return 'draw';
  }

  #kill(from: number, to: number): Action {
    this.#cut = this.#line.text.slice(from, to);
    return this.#remove(from, to);
  }

  #move(cursor: number): Action {
    this.#line = { ...this.#line, cursor };
    return 'draw';
  }

  /** A character may be two code units. */
  #left(): number {
    const { text, cursor } = this.#line;
    return cursor - ([...text.slice(0, cursor)].at(-1)?.length ?? 0);
  }

  #right(): number {
    const { text, cursor } = this.#line;
    return cursor + ([...text.slice(cursor)][0]?.length ?? 0);
  }

  #wordLeft(): number {
    const { text, cursor } = this.#line;
    return text.slice(0, cursor).replace(/\S+\s*$/, '').length;
  }

  #wordRight(): number {
    const { text, cursor } = this.#line;
    return cursor + (/^\s*\S+/.exec(text.slice(cursor))?.[0].length ?? 0);
  }
}

/** Keys and texts of what a terminal sends at once: a paste has line breaks, some keys are several characters. */
export function* keysOf(data: string): Generator<string> {
  let rest = data;
  while (rest !== '') {
    const key = rest.startsWith(ESCAPE) ? escapeOf(rest) : (/^(\r\n|\p{Cc}|\P{Cc}+)/u.exec(rest)?.[0] ?? rest);
    rest = rest.slice(key.length);
    yield key === '\r\n' ? '\r' : key;
  }
}

const ESCAPE = '\x1b';

/**
 * `[A`, `[1;5D`, `OH`, or Alt and a letter, behind the escape. A log may have a query in it: the terminal's answer to one
 * is a key that does nothing, and no typed text.
 */
function escapeOf(data: string): string {
  const sequence = /^(\[[<-?]?[\d;]*[ -/]*[@-~]|[\]PX^_]\P{Cc}*(\p{Cc}\\?)?|O[A-Z]|[\s\S])?/u;
  return ESCAPE + (sequence.exec(data.slice(1))?.[0] ?? '');
}

/** The text of a paste, which a terminal puts between two marks (`ESC [ ? 2004 h`); undefined for keys. */
export function pasteOf(data: string): string | undefined {
  if (!data.startsWith(PASTE_START) || !data.endsWith(PASTE_END)) return undefined;
  const text = data.slice(PASTE_START.length, -PASTE_END.length).replaceAll(/\r\n?/g, '\n');
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}

/** The text between the sequences that a terminal sends around a paste. */
export function asPaste(text: string): string {
  return `${PASTE_START}${text}${PASTE_END}`;
}

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** A completion as one word of the line: names of roles may have spaces in them, and whole commands. */
export function asWord(choice: string): string {
  return /^[\w@%+=:,./~*-]+$/.test(choice) ? choice : `'${choice.replaceAll("'", `'\\''`)}'`;
}

/** A line that comes from an address: what would not be seen is not in it. */
export function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
