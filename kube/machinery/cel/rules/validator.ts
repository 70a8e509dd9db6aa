/**
 * Rules when an object is written (apiextensions `pkg/apiserver/schema/cel/validation.go`). A node's rules are compiled
 * when the first object reaches them.
 */

import { errorText, type FieldError, fieldError, OMITTED } from '../../field-error.ts';
import { isObject } from '../../json-object.ts';
import { printed } from '../../structural/validate/result.ts';
import type { Outcome } from '../compile.ts';
import { type CelSchema, celSchema, type Rule, type SchemaProps } from '../schema/schema.ts';
import { dataValue } from '../values/data.ts';
import { CelError, Optional, type Value } from '../values/value.ts';
import { type CompiledRule, compileRule, nodeTypes } from './compile-rule.ts';

const CALL_LIMIT = 1_000_000;
const BUDGET = 10_000_000;
const MAX_MESSAGE = 5 * 1024;
const OVER_BUDGET = 'operation cancelled: actual cost limit exceeded';

/** Which part of the old object a part of the new one comes from (`CorrelatedObject`). */
export interface Correlated {
  key(name: string): Correlated | undefined;
  index(at: number): Correlated | undefined;
  readonly isUnchanged: boolean;
}

export interface Validation {
  errors: FieldError[];
  /** Errors that the object had before, which are let through. */
  warnings: string[];
}

export type Validate = (object: unknown, old: unknown, correlation?: Correlated) => Validation;

/** `root`: the schema is that of a resource, so that its metadata is declared. undefined where it has no rules. */
export function rulesValidator(schema: SchemaProps, root = true): Validate | undefined {
  const node = ruleNode(schema, root, true);
  if (!node) return undefined;
  return (object, old, correlation) => {
    const run = new Run();
    run.node(node, '', object, old, { current: correlation, parent: undefined });
    return { errors: run.errors, warnings: run.warnings };
  };
}

/** A node that has rules, or nodes beneath that have. */
class RuleNode {
  readonly schema: SchemaProps;
  readonly root: boolean;
  items?: RuleNode | undefined;
  additional?: RuleNode | undefined;
  properties?: Map<string, RuleNode>;
  private readonly visible: boolean;
  private compiled: readonly CompiledRule[] | undefined;
  private read: CelSchema | undefined;

  constructor(schema: SchemaProps, root: boolean, visible: boolean) {
    this.schema = schema;
    this.root = root;
    this.visible = visible;
  }

  rules(): readonly CompiledRule[] {
    const { schema } = this;
    const rules = schema['x-kubernetes-validations'] ?? [];
    if (rules.length === 0 || !this.visible) return [];
    if (this.compiled) return this.compiled;
    const types = nodeTypes(schema, this.root);
    const missing = 'failed to convert to declType for CEL validation rules';
    this.compiled = rules.map((rule) =>
      types
        ? compileRule(schema, rule, types)
        : { rule, error: missing, usesOldSelf: false, maxCost: 0, messageMaxCost: 0 },
    );
    return this.compiled;
  }

  value(data: unknown): Value {
    this.read ??= celSchema(this.schema, this.root);
    return dataValue(data, this.read);
  }
}

/** Nodes without rules, which are most, cost no memory. */
function ruleNode(schema: SchemaProps, root: boolean, visible: boolean): RuleNode | undefined {
  const inner = (child: SchemaProps) => ruleNode(child, child['x-kubernetes-embedded-resource'] === true, true);
  const { items, additionalProperties, properties } = schema;
  const ofItems = items && inner(items);
  const additional = typeof additionalProperties === 'object' ? inner(additionalProperties) : undefined;
  let named: Map<string, RuleNode> | undefined;
  for (const name in properties) {
    const child = properties[name];
    const found = child && inner(child);
    if (!found) continue;
    named ??= new Map();
    named.set(name, found);
  }
  if (!schema['x-kubernetes-validations']?.length && !ofItems && !additional && !named) return undefined;
  const node = new RuleNode(schema, root, visible);
  node.items = ofItems;
  node.additional = additional;
  if (named) node.properties = named;
  return node;
}

interface Ratchet {
  current: Correlated | undefined;
  /** The nearest node above that has a predecessor. */
  parent: Correlated | undefined;
}

type Members = Readonly<Record<string, unknown>>;

function members(data: unknown): Members | undefined {
  return isObject(data) ? data : undefined;
}

class Run {
  readonly errors: FieldError[] = [];
  readonly warnings: string[] = [];
  /** Below zero once nothing more is evaluated. */
  private budget = BUDGET;

  node(node: RuleNode, path: string, data: unknown, old: unknown, ratchet: Ratchet): void {
    if (data === undefined || data === null || this.budget < 0) return;
    this.rules(node, path, data, old, ratchet);
    if (Array.isArray(data)) this.list(node, path, data, Array.isArray(old) ? old : [], ratchet);
    else if (typeof data === 'object') this.map(node, path, data as Members, members(old), ratchet);
  }

  private map(node: RuleNode, path: string, data: Members, old: Members | undefined, ratchet: Ratchet): void {
    const { additional, properties } = node;
    if (!additional && !properties) return;
    for (const [name, value] of Object.entries(data)) {
      const before = old && Object.hasOwn(old, name) ? old[name] : undefined;
      const inner = () => beneath(ratchet, name);
      if (additional) this.node(additional, `${path}[${name}]`, value, before, inner());
      const child = properties?.get(name);
      if (child) this.node(child, path === '' ? name : `${path}.${name}`, value, before, inner());
    }
  }

  private list(
    node: RuleNode,
    path: string,
    data: readonly unknown[],
    old: readonly unknown[],
    ratchet: Ratchet,
  ): void {
    if (!node.items) return;
    const { current } = ratchet;
    const find = predecessors(node.schema, old);
    for (const [i, value] of data.entries()) {
      const inner = current ? { current: current.index(i), parent: current } : ratchet;
      this.node(node.items, `${path}[${i}]`, value, find(value), inner);
    }
  }

  private report(error: FieldError, ratcheted: boolean): void {
    const shown = error.field === '' ? { ...error, field: '<nil>' } : error;
    if (ratcheted) this.warnings.push(errorText(shown));
    else this.errors.push(shown);
  }

  private rules(node: RuleNode, path: string, data: unknown, old: unknown, ratchet: Ratchet): void {
    const rules = node.rules();
    if (rules.length === 0) return;
    const type = node.schema.type ?? '';
    const fail = (detail: string) => this.report(fieldError.invalid(path, type, detail), false);
    if (this.budget <= 0) {
      fail('validation failed due to running out of cost budget, no further validation rules will be run');
      this.budget = -1;
      return;
    }
    const self = node.value(data);
    const before = old === undefined || old === null ? undefined : node.value(old);
    for (const compiled of rules) {
      const { rule, program } = compiled;
      if (compiled.error !== undefined) {
        fail(`rule compile error: ${compiled.error}`);
        continue;
      }
      if (!program || (compiled.usesOldSelf && before === undefined && !rule.optionalOldSelf)) continue;
      const oldSelf = rule.optionalOldSelf ? (before === undefined ? Optional.none : new Optional(before)) : before;
      const variables = (name: string) => (name === 'self' ? self : name === 'oldSelf' ? oldSelf : undefined);
      const { value, cost } = program.evaluate(variables, CALL_LIMIT);
      if (cost > this.budget) {
        fail('validation failed due to running out of cost budget, no further validation rules will be run');
        this.budget = -1;
        return;
      }
      this.budget -= cost;
      if (value === true) continue;
      if (value instanceof CelError) {
        fail(failureText(value.message, rule));
        if (value.message === OVER_BUDGET) {
          this.budget = -1;
          return;
        }
        continue;
      }
      const unchanged = !compiled.usesOldSelf && ((ratchet.current ?? ratchet.parent)?.isUnchanged ?? false);
      const at = compiled.path ? (path === '' ? compiled.path : `${path}.${compiled.path}`) : path;
      const message = compiled.message && this.message(compiled.message.evaluate(variables, CALL_LIMIT), rule);
      if (message?.fatal) {
        this.report(fieldError.invalid(at, type, message.text), unchanged);
        this.budget = -1;
        return;
      }
      const shown = type === 'object' || type === 'array' ? OMITTED : printed(data);
      this.report(failedRule(at, shown, message?.text ?? ruleMessage(rule), rule.reason), unchanged);
    }
  }

  /** The text that a messageExpression gives; undefined where it gives none. */
  private message({ value, cost }: Outcome, rule: Rule): { text: string; fatal: boolean } | undefined {
    if (cost > this.budget) {
      const text =
        'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
      return { text, fatal: true };
    }
    if (value instanceof CelError && value.message === OVER_BUDGET) {
      const source = JSON.stringify(rule.messageExpression);
      const text = `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`;
      return { text, fatal: true };
    }
    this.budget -= cost;
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    const short = new TextEncoder().encode(text).length <= MAX_MESSAGE;
    return short && text !== '' && !text.includes('\n') ? { text, fatal: false } : undefined;
  }
}

/** Changes of apiVersion and kind are no changes. */
function beneath(ratchet: Ratchet, name: string): Ratchet {
  const { current, parent } = ratchet;
  if (!current) return ratchet;
  if (!parent && (name === 'apiVersion' || name === 'kind')) return { current: undefined, parent: undefined };
  return { current: current.key(name), parent: current };
}

/** Finds the old item of a new one: by its keys, in lists that have some. */
function predecessors(schema: SchemaProps, old: readonly unknown[]): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || old.length === 0) return () => undefined;
  const keyOf = (item: unknown): string | undefined => {
    const data = members(item);
    if (!data) return undefined;
    const values = keys.map((key) => (Object.hasOwn(data, key) ? data[key] : undefined));
    return values.every((value) => ['string', 'number', 'boolean'].includes(typeof value))
      ? JSON.stringify(values)
      : undefined;
  };
  const known = new Map<string, unknown>();
  for (const item of old) {
    const key = keyOf(item);
    if (key !== undefined && !known.has(key)) known.set(key, item);
  }
  return (item) => {
    const key = keyOf(item);
    return key === undefined ? undefined : known.get(key);
  };
}

function ruleText({ rule, message }: Rule): string {
  return (message || rule).trim();
}

function ruleMessage(rule: Rule): string {
  return rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`;
}

function failureText(message: string, rule: Rule): string {
  if (message.startsWith('no such overload')) {
    const what = 'call arguments did not match a supported operator, function or macro signature';
    return `'${message}': ${what} for rule: ${ruleText(rule)}`;
  }
  if (message === OVER_BUDGET) {
    const what = 'no further validation rules will be run due to call cost exceeds limit';
    return `'${message}': ${what} for rule: ${ruleText(rule)}`;
  }
  return `${message} evaluating rule: ${ruleText(rule)}`;
}

function failedRule(path: string, value: unknown, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return fieldError.forbidden(path, detail);
    case 'FieldValueRequired':
      return fieldError.required(path, detail);
    case 'FieldValueDuplicate':
      return fieldError.duplicate(path, value);
    default:
      return fieldError.invalid(path, value, detail);
  }
}
