/** The text of a description as it grows: cells end with tabs, levels are two spaces each. */
import { DESCRIPTION, tabulate } from '../print/tabwriter.ts';
import { escapeTerminal } from '../print/terminal.ts';

export class Sheet {
  #done = '';
  #open = '';

  /** A line. */
  line(level: number, text: string): void {
    this.#open += `${'  '.repeat(level)}${escapeTerminal(text)}\n`;
  }

  /** A part of a line. */
  write(text: string): void {
    this.#open += escapeTerminal(text);
  }

  /** The lines that follow have columns of their own. */
  flush(): void {
    this.#done += tabulate(this.#open, DESCRIPTION);
    this.#open = '';
  }

  /** With its tabs. */
  raw(): string {
    return this.#open;
  }

  text(): string {
    this.flush();
    return this.#done;
  }
}
