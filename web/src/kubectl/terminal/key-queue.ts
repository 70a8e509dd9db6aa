/** Keys on their way to a program in a container. */

export class KeyQueue {
  readonly #waiting: Uint8Array[] = [];
  #wake = (): void => {};
  #isOver = false;

  push(text: string): void {
    this.#waiting.push(new TextEncoder().encode(text));
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) yield next;
      else if (this.#isOver) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

/** A terminal's line discipline for a program that reads lines: it shows them, and sends each once it is whole. */
export class LineInput {
  /** Ctrl-D was pressed. */
  isOver = false;
  readonly #show: (text: string) => void;
  #line = '';

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  take(data: string): string[] {
    const whole: string[] = [];
    for (const character of data) {
      if (character === '\r' || character === '\n') {
        whole.push(`${this.#line}\n`);
        this.#line = '';
        this.#show('\n');
      } else if (character === '\x04') {
        if (this.#line !== '') whole.push(this.#line);
        this.#line = '';
        this.isOver = true;
      } else if (character === '\x7f' || character === '\b') {
        if (this.#line !== '') this.#show('\b \b');
        this.#line = [...this.#line].slice(0, -1).join('');
      } else if (!/\p{Cc}/u.test(character)) {
        this.#line += character;
        this.#show(character);
      }
    }
    return whole;
  }
}
