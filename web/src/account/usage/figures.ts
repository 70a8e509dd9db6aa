/** Figures of use as people read them. */
import type { DayUse } from '../../../../wire/metering.ts';

type Use = Omit<DayUse, 'day'>;

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

export function bytesText(bytes: number, locale: string): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount.toLocaleString(locale, { maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit]}`;
}

const SMALLEST = 0.000_001;

/** Dollars: small amounts keep a digit that says something. */
export function dollarsText(amount: number, locale: string): string {
  const digits = amount === 0 || amount >= 0.01 ? {} : { maximumSignificantDigits: 2 };
  const shown = amount === 0 ? 0 : Math.max(amount, SMALLEST);
  return shown.toLocaleString(locale, { style: 'currency', currency: 'USD', ...digits });
}

export function sumOf(days: readonly Use[]): Use {
  const sum: Use = {
    requests: 0,
    messages: 0,
    rowsRead: 0,
    rowsWritten: 0,
    activeSeconds: 0,
    bytesSent: 0,
    streamSeconds: 0,
  };
  for (const day of days) for (const what of Object.keys(sum) as (keyof Use)[]) sum[what] += day[what];
  return sum;
}

/** The part of a limit that is used, from which on a bar warns. */
export const NEARLY_FULL = 0.8;
