/**
 * Says in the words of Go's `encoding/json` scanner why a text is no JSON. Only run on texts that JSON.parse refused.
 */

const END = 'unexpected end of JSON input';
const ESCAPES = 'bfnrt\\/"';

class SyntaxProblem extends Error {}

/** `invalid character 'x' looking for beginning of value`; undefined when the text is JSON. */
export function jsonSyntaxError(text: string): string | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.space();
    scanner.value();
    scanner.space();
    if (scanner.at < text.length) scanner.fail('after top-level value');
    return undefined;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return problem.message;
    throw problem;
  }
}

class Scanner {
  at = 0;
  private readonly text: string;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(context: string): never {
    const character = this.text[this.at];
    if (character === undefined) throw new SyntaxProblem(END);
    throw new SyntaxProblem(`invalid character ${quoteCharacter(character)} ${context}`);
  }

  space(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  value(): void {
    const first = this.text[this.at];
    if (first === '{') this.nested(() => this.object());
    else if (first === '[') this.nested(() => this.array());
    else if (first === '"') this.string();
    else if (first === '-' || isDigit(first)) this.number();
    else if (first === 't') this.literal('true');
    else if (first === 'f') this.literal('false');
    else if (first === 'n') this.literal('null');
    else this.fail('looking for beginning of value');
  }

  private nested(read: () => void): void {
    if (++this.depth > 10_000) this.fail('exceeded max depth');
    this.at++;
    this.space();
    read();
    this.depth--;
  }

  private object(): void {
    if (this.take('}')) return;
    for (;;) {
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      this.string();
      this.space();
      if (!this.take(':')) this.fail('after object key');
      this.space();
      this.value();
      this.space();
      if (this.take('}')) return;
      if (!this.take(',')) this.fail('after object key:value pair');
      this.space();
    }
  }

  private array(): void {
    if (this.take(']')) return;
    for (;;) {
      this.value();
      this.space();
      if (this.take(']')) return;
      if (!this.take(',')) this.fail('after array element');
      this.space();
    }
  }

  private string(): void {
    this.at++;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || character < ' ') this.fail('in string literal');
      this.at++;
      if (character === '"') return;
      if (character === '\\') this.escape();
    }
  }

  private escape(): void {
    const character = this.text[this.at] ?? '';
    if (character === 'u') {
      this.at++;
      for (let digits = 0; digits < 4; digits++, this.at++) {
        if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) this.fail('in \\u hexadecimal character escape');
      }
    } else if (character === '' || !ESCAPES.includes(character)) this.fail('in string escape code');
    else this.at++;
  }

  private number(): void {
    if (this.take('-') && !isDigit(this.text[this.at])) this.fail('in numeric literal');
    if (!this.take('0')) this.digits();
    if (this.take('.')) {
      if (!isDigit(this.text[this.at])) this.fail('after decimal point in numeric literal');
      this.digits();
    }
    if (this.take('e') || this.take('E')) {
      if (!this.take('+')) this.take('-');
      if (!isDigit(this.text[this.at])) this.fail('in exponent of numeric literal');
      this.digits();
    }
  }

  private digits(): void {
    while (isDigit(this.text[this.at])) this.at++;
  }

  private literal(word: string): void {
    for (const letter of word) {
      if (!this.take(letter)) this.fail(`in literal ${word} (expecting '${letter}')`);
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Go looks at bytes: of a character outside ASCII it shows the first one. */
function quoteCharacter(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return "'\"'";
  const code = character.charCodeAt(0);
  if (code < 0x80) return `'${JSON.stringify(character).slice(1, -1)}'`;
  const firstByte = code < 0x800 ? 0xc0 | (code >> 6) : code >= 0xd800 && code < 0xe000 ? 0xf0 : 0xe0 | (code >> 12);
  return `'${String.fromCharCode(firstByte)}'`;
}
