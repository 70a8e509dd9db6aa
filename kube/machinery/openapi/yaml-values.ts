/** Values in OpenAPI's protobuf forms, which are texts of YAML (go-yaml v3, keys as they stand). */
import { stringify } from 'yaml';

/** Texts by their JSON: a document has few values, and each many times. */
const texts = new Map<string, string>();
const MAX_TEXTS = 1000;

export function yamlOf(value: unknown): string {
  const key = JSON.stringify(value);
  let text = texts.get(key);
  if (text === undefined) {
    if (texts.size >= MAX_TEXTS) texts.clear();
    text = print(value);
    texts.set(key, text);
  }
  return text;
}

/** `value` as one or more lines, of which all but the first are indented. */
function print(value: unknown, indent = ''): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    // The keys of an item stand behind its dash, and what is in them four spaces behind the dash.
    const items = value.map((item) => `- ${printItem(item, indent)}`);
    return items.length > 0 ? items.join(indent) : '[]\n';
  }
  if (typeof value === 'object' && value !== null) {
    const members = printMembers(value, inner);
    return members.length > 0 ? members.join(indent) : '{}\n';
  }
  return typeof value === 'string' ? printText(value, inner) : `${JSON.stringify(value)}\n`;
}

function printItem(item: unknown, indent: string): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return print(item, `${indent}  `);
  const members = printMembers(item, `${indent}    `);
  return members.length > 0 ? members.join(`${indent}  `) : '{}\n';
}

function printMembers(value: object, inner: string): string[] {
  return Object.entries(value).map(([name, member]) => {
    const key = printText(name, inner).trimEnd();
    const isBlock = typeof member === 'object' && member !== null && Object.keys(member).length > 0;
    return isBlock ? `${key}:\n${inner}${print(member, inner)}` : `${key}: ${print(member, inner.slice(4))}`;
  });
}

/** A text that reads as another type is in double quotes, and one that cannot stand alone in single ones. */
function printText(text: string, inner: string): string {
  if (OTHER_TYPE.test(text)) return `${JSON.stringify(text)}\n`;
  const shown = stringify(text, { lineWidth: 0, singleQuote: true });
  if (text.includes('\n')) return shown.replaceAll(/\n(?: {2})?(?=[^\n])/g, `\n${inner}`);
  return /^["']/.test(shown) && PRINTABLE.test(text) ? `'${text.replaceAll("'", "''")}'\n` : shown;
}

const PRINTABLE = /^[ -~\u00a0-\ud7ff\ue000-\ufffd]*$/;
const OTHER_TYPE =
  /^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[.\d][\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|0[xob][\da-fA-F_]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?)$/;
