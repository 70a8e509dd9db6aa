/** The search for devices (`allocateOne`): all combinations in the order of the pools, until one fits all claims. */
import { type Pool, poolName } from '../pools.ts';
import type { Claim } from '../types.ts';
import { Attempt, type AttemptParts, type Chosen } from './attempt.ts';
import type { Effort } from './effort.ts';
import { AllocationError, alternativesOf, claimText, MAX_RESULTS, type Wanted } from './requests.ts';
import { type Located, locate } from './selection.ts';

/** No alternative of the rest fits into what is left of a claim's results: another device before it changes nothing. */
type Found = boolean | 'too many';

/** Of each claim, for each of its requests the alternatives with the number of their devices. */
interface Option {
  wanted: Wanted;
  count: number;
  /** Of a request for all devices: which ones these are. */
  all?: readonly Located[];
}

export interface Choice {
  /** For each claim. */
  chosen: readonly Chosen[][];
  /** For each request of each claim, the alternative that was taken. */
  taken: readonly Wanted[][];
}

export interface SearchParts extends AttemptParts {
  effort: Effort;
  pools: readonly Pool[];
  classOf: Parameters<typeof alternativesOf>[2];
  /** Of the node, for errors. */
  node: string;
}

export class Search {
  readonly #parts: SearchParts;
  readonly #attempt: Attempt;
  readonly #options: Option[][][];
  readonly #taken: Wanted[][];
  readonly #located: readonly Located[];
  /** The tries that are left until each device was tried once for each request. */
  #first: number;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#attempt = new Attempt(parts);
    this.#located = parts.pools.flatMap(devicesOf);
    this.#options = parts.claims.map((claim) => this.#optionsOf(claim));
    this.#taken = this.#options.map((requests) => requests.map((options) => (options[0] as Option).wanted));
    this.#first = this.#located.length * this.#options.flat(2).length;
  }

  /** undefined where the claims cannot be allocated. */
  run(): Choice | undefined {
    return this.#claim(0) === true ? { chosen: this.#attempt.chosen, taken: this.#taken } : undefined;
  }

  #optionsOf(claim: Claim): Option[][] {
    let least = 0;
    const requests = (claim.spec?.devices?.requests ?? []).map((request) => {
      const options = alternativesOf(claim, request, this.#parts.classOf).map((wanted) => this.#option(claim, wanted));
      least += Math.min(...options.map(({ count }) => count));
      return options;
    });
    if (least <= MAX_RESULTS) return requests;
    const why = `number of requested devices ${least} exceeds the claim limit of ${MAX_RESULTS}`;
    throw new AllocationError(`claim ${claimText(claim)}: ${why}`);
  }

  #option(claim: Claim, wanted: Wanted): Option {
    const { allocationMode, count = 0 } = wanted.requirements;
    const about = `claim ${claimText(claim)}, request ${wanted.alternative || wanted.name}`;
    if (allocationMode === 'ExactCount') return { wanted, count };
    if (allocationMode !== 'All') throw new AllocationError(`${about}: unsupported count mode ${allocationMode ?? ''}`);
    const all: Located[] = [];
    for (const pool of this.#parts.pools) {
      const state = pool.isIncomplete ? 'being updated' : pool.isInvalid ? 'invalid' : undefined;
      if (state !== undefined) {
        const why = `asks for all devices, but resource pool ${poolName(pool)} is currently ${state}`;
        throw new AllocationError(`${about}: ${why}`);
      }
      for (const located of devicesOf(pool)) {
        if (!this.#parts.selection.selects(claim, wanted, located)) continue;
        if (this.#attempt.hasCapacity(wanted, located)) all.push(located);
      }
    }
    return { wanted, count: all.length, all };
  }

  #claim(at: number): Found {
    if (at >= this.#options.length) return true;
    const found = this.#request(at, 0);
    // Other alternatives in an earlier claim may leave devices that fit.
    return found === 'too many' ? false : found;
  }

  #request(claim: number, at: number): Found {
    const options = this.#options[claim]?.[at];
    if (!options) return this.#claim(claim + 1);
    let tooMany = true;
    for (const option of options) {
      const found = this.#devices(claim, at, option, 0, 0);
      if (found === true) {
        (this.#taken[claim] as Wanted[])[at] = option.wanted;
        return true;
      }
      if (found === false) tooMany = false;
    }
    return tooMany ? 'too many' : false;
  }

  /** The devices of a request from the `index`th on, of those from `from` on. */
  #devices(claim: number, request: number, option: Option, index: number, from: number): Found {
    const { wanted, count, all } = option;
    if (all?.length === 0) return false;
    if (index >= count) return this.#request(claim, request + 1);
    if ((this.#attempt.chosen[claim]?.length ?? 0) + count - index > MAX_RESULTS) return 'too many';
    // In whatever order: all of them are needed.
    const located = all ? all.slice(index, index + 1) : this.#located;
    for (let at = all ? 0 : from; at < located.length; at++) {
      const one = located[at] as Located;
      if (!all && !this.#isPossible(claim, wanted, one)) continue;
      const giveBack = this.#attempt.choose(claim, wanted, one, all !== undefined);
      if (!giveBack) continue;
      const found = this.#devices(claim, request, option, index + 1, at + 1);
      if (found === true) return true;
      giveBack();
      if (found === 'too many') return found;
    }
    return false;
  }

  #isPossible(claim: number, wanted: Wanted, located: Located): boolean {
    this.#first--;
    if (!this.#parts.effort.spend(this.#first < 0)) {
      throw new AllocationError(`node ${this.#parts.node}: timed out trying to allocate devices`);
    }
    if (this.#attempt.isInUse(claim, wanted, located.id)) return false;
    const { claims, selection } = this.#parts;
    return selection.selects(claims[claim] as Claim, wanted, located) && this.#attempt.hasCapacity(wanted, located);
  }
}

function devicesOf(pool: Pool): Located[] {
  if (pool.isIncomplete || pool.isInvalid) return [];
  return pool.slices.flatMap((slice) => (slice.spec.devices ?? []).map((device) => locate(pool, slice, device)));
}
