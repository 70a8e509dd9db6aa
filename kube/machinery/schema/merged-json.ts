/**
 * JSON in which keys are repeated, as Go's decoder reads it into a type (sigs.k8s.io/json `decode.go`): each value goes
 * into what the one before has left. Structs and maps gather the keys of both, lists their items by place; of everything
 * else the last one stays. A null clears pointers, maps, lists and times, and leaves values of other types as they are.
 */

import { parseExact } from '../exact-json.ts';
import { isObject } from '../json-object.ts';
import { endOfString } from './json-size.ts';
import type { FieldSchema, Schema } from './schema.ts';

/** `text` is known to be JSON. */
export function mergedJson(text: string, schema: Schema): unknown {
  return new Reader(text).value(schema, undefined, true);
}

type Members = Record<string, unknown>;

/** Whether Go holds the field itself in its struct, not a pointer to it. */
function isHeldByValue(field: FieldSchema): boolean {
  return Boolean(field.always || field.omitEmpty || field.isValue || field.nullWhenUnset);
}

/** The value after a null of one that Go holds in place, without a pointer. */
function afterNull(schema: Schema, before: unknown): unknown {
  switch (schema.type) {
    case 'map':
    case 'list':
    case 'bytes':
    case 'quantity':
    case 'time':
    case 'micro-time':
      return null;
    case 'int-or-string':
      // The null makes a number of it, and leaves the number that it had.
      return typeof before === 'string' ? 0 : (before ?? null);
    default:
      return before ?? null;
  }
}

class Reader {
  private at = 0;
  private readonly text: string;
  /** The memory of each list that was read, which is longer where the list was: a slice grows into it again. */
  private readonly memories = new WeakMap<unknown[], unknown[]>();

  constructor(text: string) {
    this.text = text;
  }

  /** `inPlace`: Go holds the value without a pointer to it. */
  value(schema: Schema | undefined, before: unknown, inPlace: boolean): unknown {
    const first = this.peek();
    if (schema?.type === 'struct' && first === '{') {
      return this.members(before, (name, own) => {
        const field = schema.fields.get(name);
        return this.value(field?.schema, own, field !== undefined && isHeldByValue(field));
      });
    }
    if (schema?.type === 'map' && first === '{') {
      return this.members(before, () => this.value(schema.values, undefined, true));
    }
    if (schema && first === 'n') {
      this.skip();
      return inPlace ? afterNull(schema, before) : null;
    }
    if (schema?.type === 'list' && first === '[') return this.items(schema.items, before);
    const from = this.at;
    this.skip();
    return parseExact(this.text.slice(from, this.at));
  }

  private members(before: unknown, read: (name: string, own: unknown) => unknown): Members {
    const found: Members = isObject(before) ? before : {};
    this.at++;
    for (; this.peek() !== '}'; this.step(',')) {
      const from = this.at;
      this.at = endOfString(this.text, from);
      const name = parseExact(this.text.slice(from, this.at)) as string;
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
    const memory = (Array.isArray(before) ? this.memories.get(before) : undefined) ?? [];
    this.at++;
    for (; this.peek() !== ']'; this.step(',')) {
      const item = this.value(schema, memory[list.length], true);
      memory[list.length] = item;
      list.push(item);
    }
    this.at++;
    if (list.length > 0) this.memories.set(list, memory);
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
