/**
 * YAML as kube-apiserver reads it (`sigs.k8s.io/yaml` over go-yaml v2): version 1.1, in which `on` and `yes` are true
 * and `010` is eight, but dates are texts.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  Parser,
  type ScalarTag,
  visit,
} from 'yaml';
// Prints BigInts by their digits.
import './exact-json.ts';
import { goQuote } from './schema/go-names.ts';

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

const bool: ScalarTag = {
  identify: (value) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: new RegExp(`${TRUE.source}|${FALSE.source}`),
  resolve: (text) => TRUE.test(text),
};

const DIGITS = /^([-+]?)(?:0b([01_]+)|0o?([0-7_]+)|0x([0-9a-f_]+)|([1-9][0-9_]*))$/i;

/** Octal is written with a zero before it, and underscores may stand between digits (Go's `strconv.ParseInt`). */
const int: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: DIGITS,
  resolve(text): unknown {
    const [, sign, ...bases] = DIGITS.exec(text) ?? [];
    const which = bases.findIndex((digits) => digits !== undefined);
    const digits = (bases[which] ?? '').replaceAll('_', '') || '0';
    const value = Number.parseInt(digits, [2, 8, 16, 10][which]);
    if (value > Number.MAX_SAFE_INTEGER && value < 2 ** 65)
      return longInt(sign, BigInt(['0b', '0o', '0x', ''][which] + digits));
    return sign === '-' ? -value : value;
  },
};

/** Go's decoders read integers of 64 bits, which are printed with all of their digits, and floats beyond. */
function longInt(sign: string | undefined, value: bigint): unknown {
  const signed = sign === '-' ? -value : value;
  const isWhole = BigInt.asIntN(64, signed) === signed || BigInt.asUintN(64, signed) === signed;
  return isWhole ? signed : Number(signed);
}

const float: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  // Looks ahead for the underscore: two repeats beside it would take a time that grows with the square of the length.
  test: /^[-+]?(?=[0-9.]+_)[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

/** A number beyond all floats is a text to go-yaml. */
const hugeFloat: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE]\+?[0-9]{3,}$/,
  resolve(text): unknown {
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  },
};

/** Bytes as the text that they are: JSON has no others. */
const binary: ScalarTag = {
  identify: () => false,
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))),
};

/** JSON text, and the errors about repeated keys, in go-yaml's words. Throws an Error whose message is upstream's. */
export function yamlToJson(text: string): { text: string; problems: string[] } {
  const lines = new LineCounter();
  try {
    if (CONTROL.test(text)) throw new Error('control characters are not allowed');
    const document = firstDocument(text, lines);
    const problems = repeatedKeys(document, lines);
    checkForJson(document, text);
    if (escapesHalves(text)) checkEscapes(document, text);
    // Aliases are few in manifests and many in attacks.
    const json = JSON.stringify(sorted(document.toJS({ maxAliasCount: 100 })) ?? null);
    return { text: json, problems };
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    const why = error instanceof RangeError || line.startsWith('Maximum call stack') ? 'exceeded max depth' : line;
    throw new Error(`error converting YAML to JSON: ${OF_JSON.test(why) ? '' : 'yaml: '}${why}`);
  }
}

/** What the way from YAML to JSON says, and not the reader of YAML. */
const OF_JSON = /^(?:json: |unsupported map key )/;

/** Go prints the keys of a map in their order, and finds what is wrong with the fields in that one, too. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/**
 * The first of several documents, read up to the first error: each character of a hostile text may be one of its own,
 * and to make and show that many takes a hundred times as long as to read the text. Throws an Error that says where.
 */
function firstDocument(text: string, lines: LineCounter): Document.Parsed {
  const fail = (message: string, at: number): never => {
    const { line, col } = lines.linePos(at);
    throw new Error(`${message} at line ${line}, column ${col}:`);
  };
  const composer = new Composer({
    logLevel: 'error',
    // A key that is repeated counts the last time. The composer's own look for repeated ones takes the square of their
    // number.
    uniqueKeys: false,
    merge: true,
    customTags: (tags) => [bool, int, float, hugeFloat, binary, ...tags],
  });
  Object.assign(composer, {
    onError(source: ErrorSource, _: string, message: string, isWarning?: boolean) {
      if (!isWarning) fail(message, offsetOf(source));
    },
  });
  const only = (document: Document.Parsed): Document.Parsed => {
    const [error] = document.errors;
    return error ? fail(error.message, error.pos[0]) : document;
  };
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    for (const document of composer.next(token)) return only(document as Document.Parsed);
    if (token.type === 'error') break;
  }
  const [last] = composer.end(true, text.length);
  return only(last as Document.Parsed);
}

/** The place of an error, as the composer tells it. */
type ErrorSource = number | [number, number, number?] | { offset: number; source?: string };

function offsetOf(source: ErrorSource): number {
  if (typeof source === 'number') return source;
  return Array.isArray(source) ? source[0] : source.offset;
}

/** Code units of a deep key or value in an error. */
const MAX_SHOWN = 100;

/** JSON has texts for keys, and finite numbers (`convertToJSONableObject`). Throws for what cannot be made so. */
function checkForJson(document: Document.Parsed, text: string): void {
  const shown = (node: unknown): string => {
    if (isScalar(node)) return JSON.stringify(node.value);
    if (!hasMapsAsKeys(node)) return String(node);
    // A key within a key is escaped once more, and the print of fifty is longer than any text.
    const [from = 0, to = 0] = (node as ParsedNode).range ?? [];
    return text.slice(from, Math.min(to, from + MAX_SHOWN)).trimEnd();
  };
  visit(document, {
    Pair(_, { key, value }) {
      if (isAlias(key)) return;
      if (!isScalar(key)) throw new Error(`invalid map key: ${shown(key)}`);
      if (key.value === null) {
        throw new Error(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown(value)}`);
      }
      if (typeof key.value === 'bigint') key.value = String(key.value);
      if (typeof key.value === 'number' && !Number.isFinite(key.value)) key.value = infinite(key.value, '.inf', '.nan');
    },
    Scalar(at, { value }) {
      if (at === 'key' || typeof value !== 'number' || Number.isFinite(value)) return;
      throw new Error(`json: unsupported value: ${value > 0 ? '+' : ''}${infinite(value, 'Inf', 'NaN')}`);
    },
  });
}

function hasMapsAsKeys(node: unknown): boolean {
  let has = false;
  visit(node as Document.Parsed, {
    Pair(_, { key }) {
      if (isScalar(key)) return undefined;
      has = true;
      return visit.BREAK;
    },
  });
  return has;
}

/** Whether the text has an escape of half a character: in JSON, where all escapes are within quotes. */
export function escapesHalves(text: string): boolean {
  return HALF.test(text);
}

/** Whether go-yaml refuses characters of the text, or may refuse its escapes, where JSON has them. */
export function isOddYaml(text: string): boolean {
  return CONTROL.test(text) || escapesHalves(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that go-yaml's reader refuses (`readerc.go`)
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

const HALF = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/;

/** Go-yaml takes no escape of half a character, also where two of them would make one. Throws. */
function checkEscapes(document: Document.Parsed, text: string): void {
  visit(document, {
    Scalar(_, { type, range }) {
      const [from = 0, to = 0] = range ?? [];
      const at = type === 'QUOTE_DOUBLE' ? text.slice(from, to).search(HALF) : -1;
      if (at < 0) return;
      const breaks = text.slice(0, from + at).split('\n').length - 1;
      const where = breaks > 0 ? `line ${breaks + 1}: ` : '';
      throw new Error(`${where}found invalid Unicode character escape code`);
    },
  });
}

function infinite(value: number, infinity: string, nan: string): string {
  if (Number.isNaN(value)) return nan;
  return value < 0 ? `-${infinity}` : infinity;
}

function repeatedKeys(document: Document.Parsed, lines: LineCounter): string[] {
  const problems: string[] = [];
  visit(document, {
    Map(_, map) {
      const known = new Set<unknown>();
      for (const { key, value } of isMap(map) ? map.items : []) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) problems.push(repeated(key.value, (value ?? key) as ParsedNode, lines));
        known.add(key.value);
      }
    },
  });
  return problems;
}

function repeated(key: unknown, at: ParsedNode, lines: LineCounter): string {
  const shown = typeof key === 'string' ? goQuote(key) : String(key);
  return `line ${lines.linePos(at.range?.[0] ?? 0).line}: key ${shown} already set in map`;
}
