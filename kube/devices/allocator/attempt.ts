/** The devices that are chosen while claims are allocated, each of which can be given back (`allocateDevice`). */
import type { AllocatedDevices } from '../allocated.ts';
import { taintsPrevent } from '../tolerations.ts';
import type { Claim } from '../types.ts';
import { type Amounts, addAmounts, type Consumed, consumedOf } from './capacity.ts';
import { constraintOf, type DeviceConstraint } from './constraints.ts';
import { type AvailableCounters, ConsumedCounters } from './counters.ts';
import { AllocationError, claimText, type Wanted } from './requests.ts';
import type { Located, Selection } from './selection.ts';

export interface Chosen extends Located {
  wanted: Wanted;
  /** Of a device that several may have a share of. */
  consumed?: Consumed;
  shareID?: string;
}

export interface AttemptParts {
  claims: readonly Claim[];
  allocated: AllocatedDevices;
  available: AvailableCounters;
  selection: Selection;
  uuid(): string;
}

export class Attempt {
  /** For each claim. */
  readonly chosen: Chosen[][];
  readonly #parts: AttemptParts;
  readonly #constraints: DeviceConstraint[][];
  readonly #counters: ConsumedCounters;
  /** Devices that no other may have a share of, with the claims that they are for. */
  readonly #marked = new Map<string, Set<number>>();
  readonly #shares = new Map<string, Amounts>();

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.chosen = parts.claims.map(() => []);
    this.#constraints = parts.claims.map((claim) =>
      (claim.spec?.devices?.constraints ?? []).map((constraint, i) => {
        const made = constraintOf(constraint);
        if (made) return made;
        const about = `claim ${claimText(claim)}, constraint #${i}`;
        throw new AllocationError(`${about}: empty constraint (unsupported constraint type?)`);
      }),
    );
    this.#counters = new ConsumedCounters(parts.available);
  }

  hasCapacity(wanted: Wanted, located: Located): boolean {
    return this.#parts.selection.hasCapacity(wanted, located, this.#shares.get(located.id));
  }

  /** A request with administrative access gets a device once for its claim, and claims of others do not count. */
  isInUse(claim: number, { requirements }: Wanted, id: string): boolean {
    const claims = this.#marked.get(id);
    if (requirements.adminAccess) return claims?.has(claim) ?? false;
    return this.#parts.allocated.isOwned(id) || (claims?.size ?? 0) > 0;
  }

  /** `must`: there is no other device to choose, so that a constraint in the way is an error. */
  choose(claim: number, wanted: Wanted, located: Located, must: boolean): (() => void) | undefined {
    const undo: (() => void)[] = [];
    const giveBack = (): void => {
      for (const step of undo.reverse()) step();
    };
    if (this.#take(claim, wanted, located, must, undo)) return giveBack;
    giveBack();
    return undefined;
  }

  #take(claim: number, wanted: Wanted, located: Located, must: boolean, undo: (() => void)[]): boolean {
    const { id, device, pool } = located;
    if (this.isInUse(claim, wanted, id)) return false;
    const isShared = device.allowMultipleAllocations === true;
    // The first share has used up the counters.
    const isSharedAlready = isShared && (this.#shares.has(id) || this.#parts.allocated.taken(id) !== undefined);
    if (device.consumesCounters?.length && !isSharedAlready) {
      if (!this.#counters.take(pool, device)) return false;
      undo.push(() => this.#counters.giveBack(pool, device));
    }
    if (taintsPrevent(device.taints, wanted.requirements.tolerations)) return false;
    if (!this.#fits(claim, wanted, located, must, undo)) return false;
    if (!isShared) this.#mark(id, claim, undo);
    if (!this.hasCapacity(wanted, located)) return false;
    const consumed = isShared ? consumedOf(wanted.requirements, device.capacity ?? {}) : undefined;
    if (consumed) this.#share(id, consumed, undo);
    const list = this.chosen[claim] as Chosen[];
    list.push({ ...located, wanted, ...(consumed ? { consumed, shareID: this.#parts.uuid() } : {}) });
    undo.push(() => void list.pop());
    return true;
  }

  #fits(claim: number, wanted: Wanted, { id, device, pool }: Located, must: boolean, undo: (() => void)[]): boolean {
    const { name: request, alternative } = wanted;
    const candidate = { request, alternative, driver: pool.driver, device };
    for (const constraint of this.#constraints[claim] ?? []) {
      if (constraint.add(candidate)) {
        undo.push(() => constraint.remove(candidate));
        continue;
      }
      if (!must) return false;
      const about = `claim ${claimText(this.#parts.claims[claim] as Claim)}, request ${alternative || request}`;
      const why = 'because a claim constraint would not be satisfied';
      throw new AllocationError(`${about}: cannot add device ${id} ${why}`);
    }
    return true;
  }

  #mark(id: string, claim: number, undo: (() => void)[]): void {
    const claims = this.#marked.get(id) ?? new Set();
    this.#marked.set(id, claims.add(claim));
    undo.push(() => void claims.delete(claim));
  }

  #share(id: string, consumed: Consumed, undo: (() => void)[]): void {
    const known = this.#shares.get(id);
    const amounts: Amounts = known ?? new Map();
    addAmounts(amounts, consumed, 1n);
    this.#shares.set(id, amounts);
    undo.push(() => {
      addAmounts(amounts, consumed, -1n);
      if (!known) this.#shares.delete(id);
    });
  }
}
