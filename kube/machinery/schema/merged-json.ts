/**
 * JSON in which keys are repeated, as Go's decoder reads it into a type (sigs.k8s.io/json `decode.go`): each value goes
 * into what the one before has left. Structs and maps gather the keys of both, lists their items by place; of everything
 * else the last one stays.
 */
import { endOfString } from './json-size.ts';
import type { Schema } from './schema.ts';

/** `text` is known to be JSON. */
export function mergedJson(text: string, schema: Schema): unknown {
  return new Reader(text).value(schema, undefined);
}

type Members = Record<string, unknown>;

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(schema: Schema | undefined, before: unknown): unknown {
    const first = this.peek();
    if (schema?.type === 'struct' && first === '{') {
      return this.members(before, (name, own) => this.value(schema.fields.get(name)?.schema, own));
    }
    if (schema?.type === 'map' && first === '{') {
      return this.members(before, () => this.value(schema.values, undefined));
    }
    if (schema?.type === 'list' && first === '[') return this.items(schema.items, before);
    const from = this.at;
    this.skip();
    return JSON.parse(this.text.slice(from, this.at));
  }

  private members(before: unknown, read: (name: string, own: unknown) => unknown): Members {
    const found: Members = isObject(before) ? before : {};
    this.at++;
    for (; this.peek() !== '}'; this.step(',')) {
      const from = this.at;
      this.at = endOfString(this.text, from);
      const name = JSON.parse(this.text.slice(from, this.at)) as string;
      this.step(':');
      const value = read(name, Object.hasOwn(found, name) ? found[name] : undefined);
      // A plain assignment to `__proto__` would change the prototype.
      Object.defineProperty(found, name, { value, enumerable: true, configurable: true, writable: true });
    }
    this.at++;
    return found;
  }

  private items(schema: Schema, before: unknown): unknown[] {
    const list: unknown[] = [];
    this.at++;
    for (; this.peek() !== ']'; this.step(',')) {
      list.push(this.value(schema, Array.isArray(before) ? before[list.length] : undefined));
    }
    this.at++;
    return list;
  }

  /** Goes over one value of any sort. */
  private skip(): void {
    let depth = 0;
    do {
      const character = this.peek() ?? '';
      if (character === '"') this.at = endOfString(this.text, this.at);
      else if ('{['.includes(character)) {
        depth++;
        this.at++;
      } else if ('}]'.includes(character)) {
        depth--;
        this.at++;
      } else if (',:'.includes(character)) this.at++;
      else this.literal();
    } while (depth > 0);
  }

  private literal(): void {
    LITERAL.lastIndex = this.at;
    LITERAL.test(this.text);
    this.at = LITERAL.lastIndex;
  }

  /** The next character that is no space. */
  private peek(): string | undefined {
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
    return this.text[this.at];
  }

  private step(over: string): void {
    if (this.peek() === over) this.at++;
  }
}

/** A number or a word; its last index is where it ends. */
const LITERAL = /[^\s,:[\]{}"]+/y;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
