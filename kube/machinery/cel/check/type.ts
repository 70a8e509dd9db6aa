/** The types of CEL expressions (cel-go `common/types/types.go`, `checker/types.go`, `checker/format.go`). */
export type TypeKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'param'
  | 'uint';

export interface Type {
  kind: TypeKind;
  /** The name that `type(x)` has, as `google.protobuf.Duration`. */
  name: string;
  params: readonly Type[];
  /** The type of a wrapper of protobuf, which may also be null. */
  wrapper?: boolean;
}

const simple = (kind: TypeKind, name: string): Type => ({ kind, name, params: [] });

export const BOOL = simple('bool', 'bool');
export const BYTES = simple('bytes', 'bytes');
export const DOUBLE = simple('double', 'double');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const DYN = simple('dyn', 'dyn');
export const ERROR = simple('error', '*error*');
export const INT = simple('int', 'int');
export const NULL = simple('null', 'null_type');
export const STRING = simple('string', 'string');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const TYPE = simple('type', 'type');
export const UINT = simple('uint', 'uint');

export const listOf = (item: Type): Type => ({ kind: 'list', name: 'list', params: [item] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', params: [key, value] });
export const optionalOf = (inner: Type): Type => ({ kind: 'opaque', name: 'optional_type', params: [inner] });
export const typeOf = (inner: Type): Type => ({ kind: 'type', name: 'type', params: [inner] });
export const wrapperOf = (inner: Type): Type => ({ ...inner, wrapper: true });
export const structType = (name: string): Type => simple('struct', name);
export const opaqueType = (name: string): Type => simple('opaque', name);
export const param = (name: string): Type => simple('param', name);

const PRINTED: Partial<Record<TypeKind, string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
};

/** `FormatCELType`: as it stands in upstream's errors. */
export function formatType({ kind, name, params, wrapper }: Type): string {
  if (wrapper) return `wrapper(${name})`;
  const printed = PRINTED[kind];
  if (printed) return printed;
  return params.length === 0 ? name : `${name}(${params.map(formatType).join(', ')})`;
}

/** The full name (`Type.String`). */
export function typeText({ name, params, wrapper }: Type): string {
  if (wrapper) return `wrapper(${name})`;
  return params.length === 0 ? name : `${name}(${params.map(typeText).join(', ')})`;
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  return (
    a.kind === b.kind &&
    a.params.length === b.params.length &&
    a.name === b.name &&
    a.params.every((inner, i) => sameType(inner, b.params[i] as Type))
  );
}

export const isDyn = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'any';
const isDynOrError = (type: Type): boolean => isDyn(type) || type.kind === 'error';

export function unwrapOptional(type: Type): Type | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.params[0] : undefined;
}

const NULLABLE: ReadonlySet<TypeKind> = new Set(['opaque', 'struct', 'any', 'duration', 'timestamp', 'null']);
const isNullable = ({ kind, wrapper }: Type): boolean => wrapper === true || NULLABLE.has(kind);
const GENERIC: ReadonlySet<TypeKind> = new Set(['opaque', 'list', 'map']);

/** The types that free parameters stand for; what a failed attempt has bound is taken back. */
export class Bindings {
  private readonly bound = new Map<string, Type>();
  private trail: { name: string; before: Type | undefined }[] = [];

  /** Binds what makes `from` assignable to `to`; binds nothing where it is not. */
  assignable(from: readonly Type[], to: readonly Type[]): boolean {
    this.trail = [];
    if (this.allAssignable(from, to)) return true;
    for (const { name, before } of this.trail.reverse()) {
      if (before) this.bound.set(name, before);
      else this.bound.delete(name);
    }
    return false;
  }

  /** With every bound parameter replaced; where `dynamic`, a free one becomes dyn. */
  substitute(type: Type, dynamic: boolean): Type {
    if (type.kind === 'param') {
      const bound = this.bound.get(type.name);
      if (bound) return this.substitute(bound, dynamic);
      return dynamic ? DYN : type;
    }
    if (type.params.length === 0) return type;
    return { ...type, params: type.params.map((inner) => this.substitute(inner, dynamic)) };
  }

  private bind(name: string, type: Type): void {
    this.trail.push({ name, before: this.bound.get(name) });
    this.bound.set(name, type);
  }

  private allAssignable(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((type, i) => this.oneAssignable(type, to[i] as Type));
  }

  /** `internalIsAssignable` */
  private oneAssignable(a: Type, b: Type): boolean {
    if (b.kind === 'param') {
      const { valid, bound } = this.substitutes(a, b);
      if (valid) return true;
      if (bound) return false;
    }
    if (a.kind === 'param') return this.substitutes(b, a).valid;
    if (isDynOrError(a) || isDynOrError(b)) return true;
    if (a.kind === 'null') return isNullable(b);
    if (b.kind === 'null') return isNullable(a);
    if (a.kind === 'type') return b.kind === 'type';
    if (GENERIC.has(a.kind)) return a.kind === b.kind && a.name === b.name && this.allAssignable(a.params, b.params);
    return a.kind === b.kind && a.name === b.name;
  }

  /** `isValidTypeSubstitution`: whether `parameter` may stand for `type`. */
  private substitutes(type: Type, parameter: Type): { valid: boolean; bound: boolean } {
    if (sameType(type, parameter)) return { valid: true, bound: true };
    const bound = this.bound.get(parameter.name);
    if (bound) {
      if (sameType(type, bound)) return { valid: true, bound: true };
      if (!this.oneAssignable(type, bound)) return { valid: false, bound: true };
      const general = mostGeneral(type, bound);
      if (!this.occurs(parameter, general)) this.bind(parameter.name, general);
      return { valid: true, bound: true };
    }
    if (this.occurs(parameter, type)) return { valid: false, bound: false };
    this.bind(parameter.name, type);
    return { valid: true, bound: false };
  }

  private occurs(parameter: Type, within: Type): boolean {
    if (within.kind === 'param') {
      if (within.name === parameter.name) return true;
      const bound = this.bound.get(within.name);
      return bound !== undefined && this.occurs(parameter, bound);
    }
    return within.params.some((inner) => this.occurs(parameter, inner));
  }
}

export function mostGeneral(a: Type, b: Type): Type {
  return isEqualOrLessSpecific(a, b) ? a : b;
}

function isEqualOrLessSpecific(a: Type, b: Type): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if (!GENERIC.has(a.kind)) return sameType(a, b);
  return (
    a.name === b.name &&
    a.params.length === b.params.length &&
    a.params.every((inner, i) => isEqualOrLessSpecific(inner, b.params[i] as Type))
  );
}
