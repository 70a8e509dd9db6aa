/** Faults of a document by its schema: unknown fields, wrong types, values that are none of the choices. */
import { isAlias, isMap, isScalar, isSeq, type Pair } from 'yaml';
import { t } from '../messages.ts';
import { keyOf, type ParsedNode } from '../text/tree.ts';
import { child, type Definitions, isIntOrString, isOpen, resolved, type Schema, typeName } from './schema.ts';

export type Fault =
  | { fault: 'unknown'; name: string }
  | { fault: 'type'; name: string; expected: string }
  | { fault: 'choice'; name: string; choices: string }
  | { fault: 'missing'; name: string };

export type Finding = Fault & { from: number; to: number };

/** More would be a wrong kind, and no help. */
const MOST = 100;

export function validate(root: ParsedNode | null, schema: Schema, definitions: Definitions): Finding[] {
  const findings: Finding[] = [];
  const add = (node: { range?: readonly number[] | null } | null | undefined, fault: Fault): void => {
    const [from = 0, to = 0] = node?.range ?? [];
    if (findings.length < MOST) findings.push({ ...fault, from, to });
  };

  const look = (node: unknown, given: Schema, name: string, key: ParsedNode | null): void => {
    const at = resolved(given, definitions);
    // An alias is checked where it is defined. A field without a value is one that is not set.
    if (node === null || node === undefined || isAlias(node)) return;
    const where = node as ParsedNode;
    if (isScalar(node)) {
      if (node.value === null) return;
      if (!fits(node.value, at)) add(where, { fault: 'type', name, expected: typeName(at, definitions) });
      else if (at.enum && !at.enum.includes(node.value)) {
        add(where, { fault: 'choice', name, choices: at.enum.filter((each) => each !== '').join(', ') });
      }
    } else if (isSeq(node)) {
      if (at.type !== undefined && at.type !== 'array') {
        add(key ?? where, { fault: 'type', name, expected: typeName(at, definitions) });
        return;
      }
      const items = at.items;
      if (items) for (const item of node.items) look(item, items, name, null);
    } else if (isMap(node)) fields(node.items, where, at, name, key);
  };

  const fields = (pairs: Pair[], node: ParsedNode, schema: Schema, name: string, key: ParsedNode | null): void => {
    if (isIntOrString(schema) || (schema.type !== undefined && schema.type !== 'object')) {
      add(key ?? node, { fault: 'type', name, expected: typeName(schema, definitions) });
      return;
    }
    const open = isOpen(schema);
    for (const pair of pairs) {
      const own = keyOf(pair);
      if (own === '<<') continue;
      const inner = child(schema, own, definitions);
      if (inner) look(pair.value, inner, own, pair.key as ParsedNode);
      else if (!open) add(pair.key as ParsedNode, { fault: 'unknown', name: own });
    }
    const names = new Set(pairs.map(keyOf));
    if (names.has('<<')) return;
    for (const required of schema.required ?? []) {
      // The server fills in what has a default.
      const has = names.has(required) || schema.properties?.[required]?.default !== undefined;
      if (!has) add(key ?? firstKey(pairs) ?? node, { fault: 'missing', name: required });
    }
  };

  look(root, schema, '', null);
  return findings;
}

function firstKey(pairs: Pair[]): ParsedNode | undefined {
  return pairs[0]?.key as ParsedNode | undefined;
}

function fits(value: unknown, schema: Schema): boolean {
  if (isIntOrString(schema)) return typeof value === 'string' || typeof value === 'number';
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' || value instanceof Date;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case undefined:
      return true;
    default:
      return false;
  }
}

export function findingText(finding: Finding): string {
  const { name } = finding;
  switch (finding.fault) {
    case 'unknown':
      return t('unknownField', { name });
    case 'type':
      return t('wrongType', { name, expected: finding.expected });
    case 'choice':
      return t('wrongChoice', { name, choices: finding.choices });
    case 'missing':
      return t('missingField', { name });
  }
}
