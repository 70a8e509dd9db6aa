/** A shell at a terminal: the prompt, lines as they are typed, what runs, and what keys do meanwhile. */
import { commonStart, complete } from '../complete/complete.ts';
import type { Io, World } from '../ports.ts';
import { parseShell } from '../shell/parse.ts';
import { Shell } from '../shell/shell.ts';
import { KeyQueue, LineInput } from './key-queue.ts';
import { asPaste, asWord, keysOf, LineEditor, pasteOf, visible, widthOf } from './line-editor.ts';

export interface Screen {
  write(text: string): void;
  size(): { width: number; height: number };
  onResize(changed: () => void): () => void;
}

export interface History {
  lines(): readonly string[];
  add(line: string): void;
}

/** `edit` and `stream`: what the page has for them. */
export type Page = Pick<Io, 'edit' | 'stream'>;

const PASTES_WHOLE = '\x1b[?2004h';
const PASTES_AS_KEYS = '\x1b[?2004l';

export class Console {
  readonly shell: Shell;
  readonly #world: World;
  readonly #screen: Screen;
  readonly #page: Page;
  readonly #history: History;
  readonly #editor: LineEditor;
  /** Lines of a command that is not complete. */
  #before: string[] = [];
  #running: AbortController | undefined;
  /** Where keys go while a program reads them. */
  #keys: ((data: string) => void) | undefined;
  /** The row of the cursor within what was drawn last. */
  #row = 0;
  #pasted: string[] = [];
  #isCompleting = false;

  constructor(world: World, screen: Screen, page: Page, history: History) {
    this.#world = world;
    this.#screen = screen;
    this.#page = page;
    this.#history = history;
    this.shell = new Shell(world, history.lines);
    this.#editor = new LineEditor(history.lines);
  }

  /** `greeting`: a text that is shown once. `line`: a line from the address, at the prompt to be sent or changed. */
  start(greeting: string, line = ''): void {
    this.#screen.write(this.#forScreen(greeting));
    this.#prompt(visible(line));
  }

  /** Ends what runs. */
  stop(): void {
    this.#running?.abort();
  }

  /** Takes what the terminal sends for keys and pastes. */
  input(data: string): void {
    if (this.#keys) {
      this.#keys(data);
      return;
    }
    const pasted = pasteOf(data);
    if (pasted !== undefined) {
      if (this.#running || this.#isCompleting) this.#pasted.push(data);
      else this.#paste(pasted);
      return;
    }
    for (const key of keysOf(data)) {
      if (!this.#running && !this.#isCompleting) this.#press(key);
      else if (key === '\x03') {
        this.#screen.write('^C');
        this.#pasted = [];
        this.#running?.abort();
      } else this.#pasted.push(key);
    }
  }

  /** Lines that stand there to be sent, in the place of what stood there. A watch ends for them, a program that reads keys does not. */
  place(lines: string): void {
    if (this.#keys || this.#isCompleting) {
      this.#pasted.push(asPaste(lines));
      return;
    }
    const isEmpty = this.#before.length === 0 && this.#editor.line.text === '';
    if (this.#running || !isEmpty) this.input('\x03');
    this.input(asPaste(lines));
  }

  /** Runs a line as if it had been typed. */
  async type(line: string): Promise<void> {
    if (this.#running) return;
    this.#editor.begin(line);
    this.#draw();
    await this.#enter();
  }

  /** Its lines stand there to be looked at: Enter runs them all, Ctrl-C drops them. */
  #paste(text: string): void {
    const lines = (text.includes('\n') ? text.replace(/\n$/, '') : text).split('\n');
    for (const [index, line] of lines.entries()) {
      const isLast = index === lines.length - 1;
      // A tab would take more columns than are counted; in lines that are whole it is kept.
      this.#editor.insert(isLast ? line.replaceAll('\t', ' ') : line);
      this.#draw();
      if (isLast) return;
      this.#before.push(this.#editor.line.text);
      this.#screen.write('\r\n');
      this.#row = 0;
      this.#editor.begin();
    }
  }

  #press(key: string): void {
    const action = this.#editor.press(key);
    if (action === 'draw') this.#draw();
    else if (action === 'enter') void this.#enter();
    else if (action === 'complete') void this.#complete();
    else if (action === 'interrupt') {
      this.#screen.write('^C\r\n');
      this.#before = [];
      this.#prompt();
    } else if (action === 'clear') {
      this.#screen.write('\x1b[2J\x1b[3J\x1b[H');
      this.#row = 0;
      this.#draw();
    }
  }

  get #promptText(): string {
    const namespace = this.#world.config.namespace || 'default';
    return this.#before.length > 0 ? '> ' : `${this.#world.config.context}/${namespace}$ `;
  }

  #prompt(line = ''): void {
    this.#row = 0;
    this.#editor.begin(line);
    this.#draw();
    this.#screen.write(PASTES_WHOLE);
    const waiting = this.#pasted;
    this.#pasted = [];
    for (const key of waiting) this.input(key);
  }

  #draw(): void {
    const { width } = this.#screen.size();
    const { text: typed, cursor } = this.#editor.line;
    // A line break or an escape in a word would draw something else than the line.
    const text = typed.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '\ufffd');
    const prompt = this.#promptText;
    const columns = Math.max(width, 1);
    const end = widthOf(prompt + text);
    const at = widthOf(prompt + text.slice(0, cursor));
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : '';
    const colored = this.#before.length > 0 ? prompt : `\x1b[1;36m${prompt}\x1b[0m`;
    // A line that ends at the edge leaves the cursor there; a space takes it to the next.
    const wrap = end > 0 && end % columns === 0 ? ' \r' : '';
    const [endRow, row, column] = [Math.floor(end / columns), Math.floor(at / columns), at % columns];
    const back = endRow > row ? `\x1b[${endRow - row}A` : '';
    this.#screen.write(`\r${up}\x1b[J${colored}${text}${wrap}${back}\r${column > 0 ? `\x1b[${column}C` : ''}`);
    this.#row = row;
  }

  async #enter(): Promise<void> {
    const { text } = this.#editor.line;
    this.#editor.press('\x05');
    this.#draw();
    this.#screen.write('\r\n');
    const whole = [...this.#before, text].join('\n');
    const parsed = parseShell(whole);
    if ('more' in parsed) {
      this.#before.push(text);
      this.#prompt();
      return;
    }
    this.#before = [];
    if (whole.trim() !== '') {
      // A here-document stands in the history as its first line.
      this.#history.add(whole.split('\n')[0] as string);
      await this.#run(whole);
    }
    this.#prompt();
  }

  async #run(line: string): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    // A shell in a container asks for it by itself.
    this.#screen.write(PASTES_AS_KEYS);
    let isAtStart = true;
    const write = (text: string): void => {
      if (text === '') return;
      isAtStart = text.endsWith('\n') || text.endsWith('\x1b[H');
      this.#screen.write(this.#forScreen(text));
    };
    const io: Io = {
      out: write,
      err: write,
      tty: true,
      signal: running.signal,
      size: this.#screen.size,
      onResize: this.#screen.onResize,
      keys: (mode) => this.#takeKeys(mode),
      ...this.#page,
    };
    try {
      await this.shell.run(line, io);
    } catch (error) {
      if (!running.signal.aborted) write(`error: ${(error as Error).message}\n`);
    } finally {
      this.#running = undefined;
      this.#keys = undefined;
    }
    if (!isAtStart || running.signal.aborted) this.#screen.write('\r\n');
  }

  #takeKeys(mode: 'raw' | 'lines'): { bytes: AsyncIterable<Uint8Array>; stop(): void } {
    const keys = new KeyQueue();
    const lines = mode === 'lines' ? new LineInput((text) => this.#screen.write(this.#forScreen(text))) : undefined;
    this.#keys = (data) => {
      if (!lines) keys.push(data);
      else if (data === '\x03') {
        this.#screen.write('^C');
        this.#running?.abort();
      } else {
        for (const line of lines.take(data)) keys.push(line);
        if (lines.isOver) keys.end();
      }
    };
    const stop = (): void => {
      keys.end();
      this.#keys = undefined;
    };
    return { bytes: keys.bytes(), stop };
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#editor.line;
    const before = [...this.#before, text.slice(0, cursor)].join(' ');
    this.#isCompleting = true;
    const { word, choices } = await complete(before, this.#world, this.shell.aliases);
    this.#isCompleting = false;
    const start = commonStart(choices);
    if (choices.length === 1) {
      const [choice = ''] = choices;
      this.#editor.replaceWord(word, /[=/]$/.test(choice) ? choice : `${asWord(choice)} `);
    } else if (asWord(start) === start && start.length > word.length) this.#editor.replaceWord(word, start);
    else if (choices.length > 1) {
      this.#screen.write(`\r\n${columnsOf(choices.map(visible), this.#screen.size().width)}`);
      this.#row = 0;
    }
    this.#draw();
    const waiting = this.#pasted;
    this.#pasted = [];
    for (const key of waiting) this.input(key);
  }

  #forScreen(text: string): string {
    return text.replace(/\r?\n/g, '\r\n');
  }
}

function columnsOf(choices: readonly string[], width: number): string {
  const column = Math.max(...choices.map(widthOf)) + 2;
  const count = Math.max(1, Math.floor(width / column));
  const rows = Math.ceil(choices.length / count);
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: count }, (__, index) => (choices[row + index * rows] ?? '').padEnd(column))
      .join('')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\r\n`).join('');
}
