/**
 * The seats of each priority level (apiserver `pkg/util/flowcontrol/apf_controller.go`): the server's seats are shared by
 * nominal shares; a level lends what it can spare, and borrows up to its limit.
 */
import type { PriorityLevelConfiguration } from '../types.ts';

export interface LevelSeats {
  /** Its share while all levels are busy. */
  nominal: number;
  /** Seats that are not lent. */
  min: number;
  /** With all that it may borrow. */
  max: number;
}

type Spec = NonNullable<PriorityLevelConfiguration['spec']>;

export const isExempt = ({ type }: Spec): boolean => type === 'Exempt';

/** In the order of `levels`; `total` is the number of the server's seats. */
export function seatsOf(levels: readonly Spec[], total: number): LevelSeats[] {
  const sum = levels.reduce((shares, level) => shares + sharesOf(level), 0);
  return levels.map((level) => {
    const nominal = sum === 0 ? 0 : Math.ceil((total * sharesOf(level)) / sum);
    const { lendablePercent = 0 } = level.limited ?? level.exempt ?? {};
    const borrowing = level.limited?.borrowingLimitPercent;
    const borrowed = borrowing === undefined || borrowing === null ? total : Math.round((nominal * borrowing) / 100);
    return {
      nominal,
      min: nominal - Math.round((nominal * lendablePercent) / 100),
      max: Math.min(nominal + borrowed, total),
    };
  });
}

function sharesOf({ limited, exempt }: Spec): number {
  return limited?.nominalConcurrencyShares ?? exempt?.nominalConcurrencyShares ?? 0;
}
