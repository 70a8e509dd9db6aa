/** The comparisons that a LimitRange makes (`plugin/pkg/admission/limitranger`): each answers why it does not hold. */
import { milliCeil, parseQuantity, type Quantity, unitCeil } from '../../../machinery/quantity.ts';
import { formatFloat, MAX_MILLI } from './limit-range-validation.ts';

/** Quantities as texts, with the value they stand for. */
export type Amounts = ReadonlyMap<string, Amount>;

export interface Amount extends Quantity {
  text: string;
}

/** The requests and limits of a container, a pod, or a claim. */
export interface Asked {
  /** `Container` */
  type: string;
  requests: Amounts;
  limits: Amounts;
}

const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

export function amountOf(text: string): Amount {
  return { ...(parseQuantity(text) ?? ZERO), text };
}

/** All at the finest precision that is exact in an int64 (`requestLimitEnforcedValues`). */
function comparable(...given: readonly (Quantity | undefined)[]): bigint[] {
  const all = given.map((one) => one ?? ZERO);
  const units = all.map(unitCeil);
  return units.every((one) => one <= MAX_MILLI) ? all.map(milliCeil) : units;
}

export function belowMin(name: string, min: Amount, { type, requests, limits }: Asked): string | undefined {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const [asked = 0n, most = 0n, least = 0n] = comparable(request, limit, min);
  const what = `minimum ${name} usage per ${type} is ${min.text}`;
  if (!request) return `${what}.  No request is specified`;
  if (asked < least) return `${what}, but request is ${request.text}`;
  if (limit && most < least) return `${what}, but limit is ${limit.text}`;
  return undefined;
}

export function aboveMax(name: string, max: Amount, { type, requests, limits }: Asked): string | undefined {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const [asked = 0n, most = 0n, cap = 0n] = comparable(request, limit, max);
  const what = `maximum ${name} usage per ${type} is ${max.text}`;
  if (!limit) return `${what}.  No limit is specified`;
  if (most > cap) return `${what}, but limit is ${limit.text}`;
  if (request && asked > cap) return `${what}, but request is ${request.text}`;
  return undefined;
}

/** For what has no limits. */
export function requestAboveMax(name: string, max: Amount, { type, requests }: Asked): string | undefined {
  const request = requests.get(name);
  const [asked = 0n, cap = 0n] = comparable(request, max);
  const what = `maximum ${name} usage per ${type} is ${max.text}`;
  if (!request) return `${what}.  No request is specified`;
  return asked > cap ? `${what}, but request is ${request.text}` : undefined;
}

export function aboveRatio(name: string, ratio: Amount, { type, requests, limits }: Asked): string | undefined {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const [asked = 0n, most = 0n] = comparable(request, limit, ratio);
  const what = `${name} max limit to request ratio per ${type} is ${ratio.text}`;
  if (!request || asked === 0n) return `${what}, but no request is specified or request is 0`;
  if (!limit || most === 0n) return `${what}, but no limit is specified or limit is 0`;
  const observed = Number(most) / Number(asked);
  const isExact = unitCeil(ratio) <= MAX_MILLI;
  const exceeds = isExact ? observed * 1000 > Number(milliCeil(ratio)) : observed > Number(unitCeil(ratio));
  return exceeds ? `${what}, but provided ratio is ${formatFloat(observed)}` : undefined;
}
