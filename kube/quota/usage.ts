/** Amounts by the names that a ResourceQuota has for them (apiserver `pkg/quota/v1/resources.go`). */
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from '../machinery/quantity.ts';

export type Usage = ReadonlyMap<string, Quantity>;
export type Texts = Readonly<Record<string, string>>;

export const ONE: Quantity = { nano: 1_000_000_000n, format: 'DecimalSI' };
const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

export function readUsage(texts: Texts | undefined): Map<string, Quantity> {
  const usage = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(texts ?? {})) usage.set(name, parseQuantity(text) ?? ZERO);
  return usage;
}

export function count(amount: number): Quantity {
  return { ...ZERO, nano: BigInt(amount) * ONE.nano };
}

export function addTo(total: Map<string, Quantity>, more: Usage): void {
  for (const [name, quantity] of more) {
    const present = total.get(name);
    total.set(name, present ? addQuantities(present, quantity) : quantity);
  }
}

export function raiseTo(total: Map<string, Quantity>, floor: Usage): void {
  for (const [name, quantity] of floor) {
    const present = total.get(name);
    if (!present || quantity.nano > present.nano) total.set(name, quantity);
  }
}

/** Names in order: `cpu=1,pods=2`. */
export function printUsage(usage: Usage): string {
  return [...usage]
    .map(([name, quantity]) => `${name}=${formatQuantity(quantity)}`)
    .sort()
    .join(',');
}
