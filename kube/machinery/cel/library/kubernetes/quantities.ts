/** Quantities and versions (apiserver `pkg/cel/library/quantity.go`, `semverlib.go`; `blang/semver`). */

import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  type HeldAmount,
  heldAmount,
  parseQuantity,
  printedQuantity,
  type Quantity,
} from '../../../quantity.ts';
import { goQuote } from '../../../schema/go-names.ts';
import { structType, type Type } from '../../check/type.ts';
import { work } from '../../eval/work.ts';
import { CelError, Foreign, NO_SUCH_OVERLOAD, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

const NANO = 1_000_000_000n;

class Amount extends Foreign {
  readonly type: Type = structType('kubernetes.Quantity');
  readonly quantity: Quantity;
  readonly held: HeldAmount;
  constructor(quantity: Quantity, held: HeldAmount) {
    super();
    this.quantity = quantity;
    this.held = held;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Amount ? this.compare(other) === 0 : NO_SUCH_OVERLOAD;
  }
  compare({ quantity }: Amount): number {
    return compareQuantities(this.quantity, quantity);
  }
  toString(): string {
    return formatQuantity(this.quantity);
  }
  /** `AsInt64`: undefined also for whole numbers that upstream holds otherwise (`1.5Gi`, `1000m`). */
  whole(): bigint | undefined {
    const { value, scale, isDecimal } = this.held;
    if (isDecimal || scale < 0) return undefined;
    const whole = value * 10n ** BigInt(scale);
    return isInt64(whole) ? whole : undefined;
  }
  /** `AsApproximateFloat64`, with its roundings. */
  float(): number {
    const { value, scale } = this.held;
    return scale === 0 ? Number(value) : Number(value) * Number(`1e${scale}`);
  }
}

const isInt64 = (value: bigint) => BigInt.asIntN(64, value) === value;

export function quantity(text: string): Value {
  const parsed = parseQuantity(text);
  if (parsed) return new Amount(parsed, heldAmount(text));
  const printed = printedQuantity(text);
  return new CelError('error' in printed ? printed.error : '');
}

function plus(a: Amount, nano: bigint, held: HeldAmount, format: Quantity['format']): Amount {
  return new Amount(addQuantities(a.quantity, { nano, format }), sum(a.held, held));
}

/** In an int64 of the finer scale as long as it fits (`int64Amount.Add`). */
function sum(a: HeldAmount, b: HeldAmount): HeldAmount {
  const isDecimal = a.isDecimal || b.isDecimal;
  if (!isDecimal && b.value === 0n) return a;
  if (!isDecimal && a.value === 0n) return b;
  const scale = Math.min(a.scale, b.scale);
  const value = a.value * 10n ** BigInt(a.scale - scale) + b.value * 10n ** BigInt(b.scale - scale);
  return { value, scale, isDecimal: isDecimal || !isInt64(value) };
}

const plusAmount =
  (sign: bigint) =>
  (a: Amount, { quantity, held }: Amount) =>
    plus(a, sign * quantity.nano, { ...held, value: sign * held.value }, quantity.format);
const plusInt = (sign: bigint) => (a: Amount, b: bigint) =>
  plus(a, sign * b * NANO, { value: sign * b, scale: 0, isDecimal: false }, 'DecimalExponent');

const ofTwo = (run: (order: number) => Value) => (a: Amount, b: Amount) => run(a.compare(b));
const AMOUNT = 'kubernetes.Quantity';

export const QUANTITIES: Library = {
  quantity: [overload('string_to_quantity', `string -> ${AMOUNT}`, quantity)],
  isQuantity: [overload('is_quantity_string', 'string -> bool', (text: string) => parseQuantity(text) !== undefined)],
  sign: [
    overload('quantity_sign', `${AMOUNT} -> int`, ({ quantity: { nano } }: Amount) =>
      nano > 0n ? 1n : nano < 0n ? -1n : 0n,
    ),
  ],
  isGreaterThan: [
    overload(
      'quantity_is_greater_than',
      `.${AMOUNT}, ${AMOUNT} -> bool`,
      ofTwo((order) => order > 0),
    ),
    overload(
      'semver_is_greater_than',
      '.kubernetes.Semver, kubernetes.Semver -> bool',
      (a: Version, b: Version) => a.compare(b) > 0,
    ),
  ],
  isLessThan: [
    overload(
      'quantity_is_less_than',
      `.${AMOUNT}, ${AMOUNT} -> bool`,
      ofTwo((order) => order < 0),
    ),
    overload(
      'semver_is_less_than',
      '.kubernetes.Semver, kubernetes.Semver -> bool',
      (a: Version, b: Version) => a.compare(b) < 0,
    ),
  ],
  compareTo: [
    overload(
      'quantity_compare_to',
      `.${AMOUNT}, ${AMOUNT} -> int`,
      ofTwo((order) => BigInt(order)),
    ),
    overload('semver_compare_to', '.kubernetes.Semver, kubernetes.Semver -> int', (a: Version, b: Version) =>
      BigInt(a.compare(b)),
    ),
  ],
  asApproximateFloat: [overload('quantity_get_float', `.${AMOUNT} -> double`, (amount: Amount) => amount.float())],
  asInteger: [
    overload('quantity_get_int', `.${AMOUNT} -> int`, (amount: Amount) => {
      return amount.whole() ?? new CelError('cannot convert value to integer');
    }),
  ],
  isInteger: [overload('quantity_is_integer', `.${AMOUNT} -> bool`, (amount: Amount) => amount.whole() !== undefined)],
  add: [
    overload('quantity_add', `.${AMOUNT}, ${AMOUNT} -> ${AMOUNT}`, plusAmount(1n)),
    overload('quantity_add_int', `.${AMOUNT}, int -> ${AMOUNT}`, plusInt(1n)),
  ],
  sub: [
    overload('quantity_sub', `.${AMOUNT}, ${AMOUNT} -> ${AMOUNT}`, plusAmount(-1n)),
    overload('quantity_sub_int', `.${AMOUNT}, int -> ${AMOUNT}`, plusInt(-1n)),
  ],
};

class Version extends Foreign {
  readonly type: Type = structType('kubernetes.Semver');
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
  private readonly text: string;
  constructor(numbers: readonly bigint[], pre: readonly string[], text: string) {
    super();
    this.numbers = numbers;
    this.pre = pre;
    this.text = text;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof Version ? this.compare(other) === 0 : NO_SUCH_OVERLOAD;
  }
  compare(other: Version): number {
    for (const [i, number] of this.numbers.entries()) {
      const theirs = other.numbers[i] as bigint;
      if (number !== theirs) return number < theirs ? -1 : 1;
    }
    if (this.pre.length === 0 || other.pre.length === 0) return Math.sign(other.pre.length - this.pre.length);
    for (let i = 0; i < Math.min(this.pre.length, other.pre.length); i++) {
      work(1);
      const order = comparePre(this.pre[i] as string, other.pre[i] as string);
      if (order !== 0) return order;
    }
    return Math.sign(this.pre.length - other.pre.length);
  }
  toString(): string {
    return this.text;
  }
}

function comparePre(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left !== right) return left ? -1 : 1;
  // Numbers have no zeros before them.
  if (left && a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const isUint64 = (digits: string) => digits.length < 20 || (digits.length === 20 && digits <= '18446744073709551615');
const outOfRange = (digits: string) => `strconv.ParseUint: parsing ${goQuote(digits)}: value out of range`;

/** `semver.Parse`; a string is its error. */
function parseVersion(text: string): Version | string {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  const [major = '', minor = '', ...rest] = parts;
  const [, patch = '', pre, , build] = /^([^-+]*)(?:-([^+]*))?(\+(.*))?$/s.exec(rest.join('.')) ?? [];
  const numbers: bigint[] = [];
  for (const [name, digits] of [
    ['major', major],
    ['minor', minor],
    ['patch', patch],
  ] as const) {
    if (digits === '') return 'strconv.ParseUint: parsing "": invalid syntax';
    if (!/^\d+$/.test(digits)) return `Invalid character(s) found in ${name} number ${goQuote(digits)}`;
    if (digits.length > 1 && digits.startsWith('0')) {
      const capital = name.slice(0, 1).toUpperCase() + name.slice(1);
      return `${capital} number must not contain leading zeroes ${goQuote(digits)}`;
    }
    if (!isUint64(digits)) return outOfRange(digits);
    numbers.push(BigInt(digits));
  }
  const labels = pre === undefined ? [] : pre.split('.');
  for (const label of labels) {
    if (label === '') return 'Prerelease is empty';
    if (/^0\d+$/.test(label)) return `Numeric PreRelease version must not contain leading zeroes ${goQuote(label)}`;
    if (/^\d+$/.test(label) && !isUint64(label)) return outOfRange(label);
    if (!/^[0-9A-Za-z-]+$/.test(label)) return `Invalid character(s) found in prerelease ${goQuote(label)}`;
  }
  for (const label of build === undefined ? [] : build.split('.')) {
    if (label === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(label)) return `Invalid character(s) found in build meta data ${goQuote(label)}`;
  }
  return new Version(numbers, labels, text);
}

/** `normalizeAndParse`: `v1.02` is 1.2.0. */
function normalized(text: string): Version | string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])].map(
    (part) => {
      if (part.length <= 1) return part;
      const stripped = part.replace(/^0+/, '');
      return /^\d/.test(stripped) ? stripped : `0${stripped}`;
    },
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) {
    return 'short version cannot contain PreRelease/Build meta data';
  }
  while (parts.length < 3) parts.push('0');
  return parseVersion(parts.join('.'));
}

const read = (text: string, normalize = false) => (normalize ? normalized(text) : parseVersion(text));

export function semver(text: string, normalize = false): Value {
  const version = read(text, normalize);
  return typeof version === 'string' ? new CelError(version) : version;
}

const isSemver = (text: string, normalize = false): Value => typeof read(text, normalize) !== 'string';
const number =
  (index: number) =>
  ({ numbers }: Version) =>
    // Upstream makes an int64 of it.
    BigInt.asIntN(64, numbers[index] as bigint);

export const VERSIONS: Library = {
  semver: [
    overload('string_to_semver', 'string -> kubernetes.Semver', (text: string) => semver(text)),
    overload('string_bool_to_semver', 'string, bool -> kubernetes.Semver', semver),
  ],
  isSemver: [
    overload('is_semver_string', 'string -> bool', (text: string) => isSemver(text)),
    overload('is_semver_string_bool', 'string, bool -> bool', isSemver),
  ],
  major: [overload('semver_major', '.kubernetes.Semver -> int', number(0))],
  minor: [overload('semver_minor', '.kubernetes.Semver -> int', number(1))],
  patch: [overload('semver_patch', '.kubernetes.Semver -> int', number(2))],
};
