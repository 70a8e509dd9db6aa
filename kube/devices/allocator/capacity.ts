/** Shares of a device's capacity (`structured/internal/incubating/consumable_capacity.go`). */
import { compareQuantities, formatQuantity, parseQuantity, type Quantity, unitCeil } from '../../machinery/quantity.ts';
import type { Capacity, DeviceRequirements, RequestPolicy } from '../types.ts';

/** Billionths of units by the name of the capacity. */
export type Amounts = Map<string, bigint>;

/** By the name of the capacity, as quantities are printed. */
export type Consumed = Readonly<Record<string, string>>;

type Capacities = Readonly<Record<string, Capacity>>;

const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };
const NANO = 1_000_000_000n;
const read = (text: string): Quantity => parseQuantity(text) ?? ZERO;
const isMore = (a: string, b: string): boolean => compareQuantities(read(a), read(b)) > 0;

/** The share that a request takes of each capacity (`GetConsumedCapacityFromRequest`). */
export function consumedOf({ capacity }: DeviceRequirements, capacities: Capacities): Consumed {
  const requests = capacity?.requests ?? {};
  const requested = (name: string) => (Object.hasOwn(requests, name) ? requests[name] : undefined);
  return Object.fromEntries(Object.entries(capacities).map(([name, one]) => [name, taken(requested(name), one)]));
}

/** `calculateConsumedCapacity` */
function taken(requested: string | undefined, { value, requestPolicy: policy }: Capacity): string {
  if (requested === undefined) return policy?.default ?? value;
  if (policy?.validRange?.min !== undefined) return roundedUp(requested, policy.validRange.min, policy.validRange.step);
  return policy?.validValues?.find((one) => !isMore(requested, one)) ?? requested;
}

function roundedUp(requested: string, min: string, step: string | undefined): string {
  if (isMore(min, requested)) return min;
  if (step === undefined) return requested;
  const [least, size] = [unitCeil(read(min)), unitCeil(read(step))];
  const above = unitCeil(read(requested)) - least;
  if (size <= 0n) return requested;
  const steps = above / size + (above % size === 0n ? 0n : 1n);
  return formatQuantity({ nano: (least + size * steps) * NANO, format: 'BinarySI' });
}

/**
 * Whether a device has what a request takes beside what others have taken (`CmpRequestOverCapacity`): no more than there
 * is, and as its policies allow. `others`: of claims, and of requests that are being allocated.
 */
export function suffices(request: DeviceRequirements, capacities: Capacities, others: readonly Amounts[]): boolean {
  const wanted = Object.keys(request.capacity?.requests ?? {});
  if (!wanted.every((name) => Object.hasOwn(capacities, name))) return false;
  return Object.entries(consumedOf(request, capacities)).every(([name, text]) => {
    const { value, requestPolicy } = capacities[name] as Capacity;
    if (violates(text, requestPolicy)) return false;
    const sum = others.reduce((total, amounts) => total + (amounts.get(name) ?? 0n), read(text).nano);
    return sum <= read(value).nano;
  });
}

function violates(text: string, policy: RequestPolicy | undefined): boolean {
  const { default: standard, validRange: range, validValues = [] } = policy ?? {};
  const amount = read(text);
  const equals = (other: string) => compareQuantities(amount, read(other)) === 0;
  if (standard !== undefined && equals(standard)) return false;
  if (!range) return validValues.length > 0 && !validValues.some(equals);
  if (range.max !== undefined && isMore(text, range.max)) return true;
  if (range.step === undefined) return false;
  const size = unitCeil(read(range.step));
  return size > 0n && (unitCeil(amount) - unitCeil(read(range.min ?? '0'))) % size !== 0n;
}

/** Adds (1) or takes away (-1). */
export function addAmounts(to: Amounts, consumed: Consumed, sign: 1n | -1n): void {
  for (const [name, text] of Object.entries(consumed)) {
    to.set(name, (to.get(name) ?? 0n) + sign * read(text).nano);
  }
}
