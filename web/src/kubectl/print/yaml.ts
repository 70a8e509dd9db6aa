/** YAML as kubectl writes it (go-yaml's emitter): sorted keys, lists not indented, quotes only where they are needed. */
import { styleOf } from './yaml-scalar.ts';

/** Ends with a newline. */
export function yamlOf(value: unknown): string {
  const lines: string[] = [];
  write(value, '', '', lines);
  return `${lines.join('\n')}\n`;
}

/** `head`: what stands before the value on its first line; `indent`: of the lines that follow. */
function write(value: unknown, head: string, indent: string, lines: string[]): void {
  if (Array.isArray(value) && value.length > 0) {
    // Beneath a key, or at the start; within another list the first item stays on its line.
    let first = head;
    if (head.endsWith(':')) {
      lines.push(head);
      first = indent;
    } else if (head === '') first = indent;
    for (const [index, item] of value.entries()) {
      write(item, `${index === 0 ? first : indent}- `, `${indent}  `, lines);
    }
    return;
  }
  const entries = entriesOf(value);
  if (entries !== undefined && entries.length > 0) {
    const isBeneathKey = head.endsWith(':');
    if (isBeneathKey) lines.push(head);
    const inner = isBeneathKey ? `${indent}  ` : indent;
    for (const [index, [key, item]] of entries.entries()) {
      const start = index === 0 && !isBeneathKey && head !== '' ? head : inner;
      write(item, `${start}${keyText(key)}:`, inner, lines);
    }
    return;
  }
  const gap = head === '' || head.endsWith(' ') ? '' : ' ';
  lines.push(`${head}${gap}${scalar(value, head.endsWith(':') ? `${indent}  ` : indent)}`);
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => compareKeys(a, b));
}

function keyText(key: string): string {
  const style = styleOf(key);
  return style === 'literal' ? JSON.stringify(key) : quoted(key, style);
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    const style = styleOf(value);
    return style === 'literal' ? literal(value, indent) : quoted(value, style);
  }
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return numberText(value);
}

function numberText(value: unknown): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

function quoted(text: string, style: 'plain' | 'single' | 'double'): string {
  if (style === 'plain') return text;
  return style === 'single' ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string): string {
  const inner = text.replace(/["\\\u2028\u2029\ufeff]|\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).toUpperCase();
    return ESCAPES[character] ?? (code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
  });
  return `"${inner}"`;
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

const LETTER = /\p{L}/u;

/** Numbers within keys count as numbers, and letters come after other characters (go-yaml's `keyList`). */
function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) continue;
    const [isLetter, isOtherLetter] = [LETTER.test(x), LETTER.test(y)];
    if (isLetter && isOtherLetter) return x < y ? -1 : 1;
    if (isLetter || isOtherLetter) return isOtherLetter ? -1 : 1;
    const [n, m] = [digitsAt(left, i), digitsAt(right, i)];
    if (x === '0' || y === '0') {
      const before = left.slice(0, i).join('').match(/\d+$/)?.[0] ?? '';
      if (/[1-9]/.test(before)) return compareNumbers(`1${n}`, `1${m}`, x, y);
    }
    return compareNumbers(n, m, x, y);
  }
  return left.length - right.length;
}

function digitsAt(characters: readonly string[], from: number): string {
  return /^\d*/.exec(characters.slice(from).join(''))?.[0] ?? '';
}

function compareNumbers(n: string, m: string, x: string, y: string): number {
  const difference = Number(n) - Number(m);
  if (difference !== 0) return difference;
  if (n.length !== m.length) return n.length - m.length;
  return x < y ? -1 : 1;
}
