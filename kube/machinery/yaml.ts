/**
 * YAML as kube-apiserver reads it (`sigs.k8s.io/yaml` over go-yaml v2): version 1.1, in which `on` and `yes` are true
 * and `010` is eight, but dates are texts.
 */
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type ScalarTag,
  visit,
} from 'yaml';
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

const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => (text.startsWith('-') ? -1 : 1) * Number.parseInt(text.replace(/^[-+]/, ''), 8),
};

/** JSON text, and the errors about repeated keys, in go-yaml's words. Throws an Error whose message is upstream's. */
export function yamlToJson(text: string): { text: string; problems: string[] } {
  const lines = new LineCounter();
  try {
    // A key that is repeated counts the last time. The parser's own look for repeated ones takes the square of their
    // number.
    const document = parseDocument(text, {
      logLevel: 'error',
      uniqueKeys: false,
      merge: true,
      lineCounter: lines,
      customTags: (tags) => [bool, octal, ...tags],
    });
    const [error] = document.errors;
    if (error) throw error;
    // Aliases are few in manifests and many in attacks.
    const json = JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null);
    return { text: json, problems: repeatedKeys(document, lines) };
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    const why = error instanceof RangeError || line.startsWith('Maximum call stack') ? 'exceeded max depth' : line;
    throw new Error(`error converting YAML to JSON: yaml: ${why}`);
  }
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
