/**
 * YAML as kube-apiserver prints it (`sigs.k8s.io/yaml` over go-yaml): keys in their order, lists not indented, and texts
 * quoted that a reader of version 1.1 takes for something else, such as `on`, `12:30` and times. A general printer takes
 * more than a second for an object of a megabyte.
 */

/** Plain texts that version 1.1 or 1.2 reads as no texts. */
const AMBIGUOUS = new RegExp(
  [
    '^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE',
    '[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|<<|=',
    String.raw`[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?)`,
    String.raw`(?!\.$)[-+]?(?=[.\deE])(?:\d[\d_]*)?(?:\.[\d_]*)?(?:[eE][-+]?\d+)?`,
    String.raw`[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
    String.raw`\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d.*)?)$`,
  ].join('|'),
);

/** The first character of a plain text, and the others. */
const PLAIN = /^(?:[A-Za-z0-9_./$(+]|-(?=[^ ]))[ -~\u00a1-\u2027\u202a-\ud7ff]*$/;
const NOT_PLAIN = /: |:$| #| $|^---|^\.\.\./;
/** Characters that stand in a text without an escape, in one line. */
const PRINTABLE = /^[ -~\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/;
const PRINTABLE_LINES = /^[ -~\n\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/;
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Characters of a key that stands before its colon (YAML 1.2, 7.4.2: 1024). */
const MAX_KEY = 1000;

type Scalar = string | number | boolean | null;

/** `value` is as JSON has it, and no scalar. */
export function yamlText(value: unknown): string {
  const out: string[] = [];
  if (isScalar(value) || isEmpty(value)) out.push(inline(value), '\n');
  else collection(value, '', '', out);
  return out.join('');
}

/** `first`: what stands before the first entry, in the place of the others' indentation. */
function collection(value: unknown, indent: string, first: string, out: string[]): void {
  let before = first;
  if (Array.isArray(value)) {
    for (const item of value) {
      out.push(before, '-');
      entry(item, indent, ' ', out);
      before = indent;
    }
    return;
  }
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object).sort()) {
    if (object[key] === undefined) continue;
    const name = inline(key);
    if (name.length > MAX_KEY) out.push(before, '? ', name, '\n', indent, ':');
    else out.push(before, name, ':');
    entry(object[key], indent, undefined, out);
    before = indent;
  }
}

/** The text after a dash or a colon. `first`: a collection begins in the same line, behind this. */
function entry(value: unknown, indent: string, first: string | undefined, out: string[]): void {
  const inner = `${indent}  `;
  if (typeof value === 'string' && isBlock(value)) {
    block(value, inner, out);
  } else if (isScalar(value) || isEmpty(value)) {
    out.push(' ', inline(value), '\n');
  } else if (first !== undefined) {
    collection(value, inner, first, out);
  } else {
    out.push('\n');
    const own = Array.isArray(value) ? indent : inner;
    collection(value, own, own, out);
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value !== 'object' || value === null;
}

function isEmpty(value: unknown): boolean {
  for (const _ in value as object) return false;
  return true;
}

function inline(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (AMBIGUOUS.test(value)) return JSON.stringify(value);
  if (PLAIN.test(value) && !NOT_PLAIN.test(value)) return value;
  if (value !== '' && PRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(UNPRINTABLE, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whether a text is printed line by line. One that begins with a space would need its indentation told. */
function isBlock(text: string): boolean {
  return text.includes('\n') && !/^[ \n]| $/.test(text) && PRINTABLE_LINES.test(text);
}

/** The sign behind `|` says how many of the last breaks belong to the text. */
function block(text: string, indent: string, out: string[]): void {
  const sign = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') ? '+' : '';
  const lines = (sign === '-' ? text : text.slice(0, -1)).replace(/^(?=.)/gm, indent);
  out.push(' |', sign, '\n', lines, '\n');
}
