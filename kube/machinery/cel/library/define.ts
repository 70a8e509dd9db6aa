/** How functions are declared: overloads by their signature in text, as upstream's documentation writes them. */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaqueType,
  optionalOf,
  param,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from '../check/type.ts';
import { CelError, Dict, List, NO_SUCH_OVERLOAD, Optional, typeName, UInt, type Value } from '../values/value.ts';

/** Takes the target, if there is one, and the arguments; they are of the declared types. */
export type Run = (...args: never[]) => Value;

export interface Overload {
  id: string;
  member: boolean;
  args: readonly Type[];
  result: Type;
  /** Names of type parameters. */
  params: readonly string[];
  run: (...args: Value[]) => Value;
}

export interface CelFunction {
  name: string;
  overloads: Overload[];
  /** An operator takes values of any types, and refuses those that it has no overload for. */
  operator?: ((...args: Value[]) => Value) | undefined;
}

const SCALARS: Readonly<Record<string, Type>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  duration: DURATION,
  dyn: DYN,
  int: INT,
  null: NULL,
  string: STRING,
  timestamp: TIMESTAMP,
  uint: UINT,
  'net.IP': opaqueType('net.IP'),
  'net.CIDR': opaqueType('net.CIDR'),
};

/** `list(map(string, T))` */
function parseType(text: string): Type {
  const open = text.indexOf('(');
  if (open < 0) return SCALARS[text] ?? (/^[A-Z]$/.test(text) ? param(text) : structType(text));
  const inner = splitTypes(text.slice(open + 1, -1)).map(parseType);
  const [first, second] = inner as [Type, Type];
  switch (text.slice(0, open)) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'optional':
      return optionalOf(first);
    default:
      return typeOf(first);
  }
}

function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (i === text.length || (character === ',' && depth === 0)) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

/** `.string, int -> string` is a method of strings; without the dot it is a function. */
export function overload(id: string, signature: string, run: Run = never): Overload {
  const [left = '', right = ''] = signature.split('->');
  const member = left.startsWith('.');
  const args = splitTypes(member ? left.slice(1) : left).map(parseType);
  const params = [...new Set(signature.match(/\b[A-Z]\b/g) ?? [])];
  return { id, member, args, result: parseType(right.trim()), params, run: run as Overload['run'] };
}

/** The overloads of an operator are run by the operator itself. */
function never(): Value {
  return NO_SUCH_OVERLOAD;
}

export type Library = Readonly<Record<string, readonly Overload[]>>;

/** One overload for each of the types, as `list_int_min_int`. */
export function templated(types: readonly string[], make: (type: string) => Overload): Overload[] {
  return types.map(make);
}

/** Whether a value is of the declared type, as far as a call looks at it. */
export function isOf(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'bigint';
    case 'bool':
      return typeof value === 'boolean';
    case 'double':
      return typeof value === 'number';
    case 'uint':
      return value instanceof UInt;
    case 'list': {
      if (!(value instanceof List)) return false;
      const [item] = type.params;
      return value.size === 0 || !item || isOf(value.at(0), item);
    }
    case 'map':
      return value instanceof Dict;
    case 'opaque':
      return type.name === 'optional_type' ? value instanceof Optional : typeName(value) === type.name;
    default:
      return typeName(value) === type.name;
  }
}

/** Of several overloads, the first that takes the values. */
export function dispatch(fn: CelFunction, overloads: readonly Overload[]): (...args: Value[]) => Value {
  return (...values) => {
    for (const { args, run } of overloads) {
      if (args.every((type, i) => isOf(values[i] as Value, type))) return run(...values);
    }
    return new CelError(`no such overload: ${fn.name}(${values.map(typeName).join(', ')})`);
  };
}
