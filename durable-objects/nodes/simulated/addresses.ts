/** Pod addresses of one node: its range without the first (the gateway) and IPv4's last. An address just freed comes last. */
import { type IPRange, parseAddress, parseRange, printIPv4 } from '../../../kube/kinds/networking/ip-range.ts';
import { canonicalIP } from '../../../kube/kinds/validation/ip.ts';

/** More than a node has pods; numbers up to here are exact. */
const MOST = 2n ** 32n;

export class AddressPool {
  readonly #range: IPRange | undefined;
  /** The number of the last address in the range. */
  readonly #last: number;
  /** How many hold each number: a pod may say that it has another one's address. */
  readonly #holders = new Map<number, number>();
  readonly #byHolder = new Map<string, number>();
  #next = 2;

  constructor(podCIDR: string) {
    this.#range = parseRange(podCIDR);
    const { first, last } = this.#range ?? { first: 1n, last: 1n };
    const count = last - first + 1n;
    this.#last = Number(count < MOST ? count : MOST);
  }

  /** The holder's address, a new one where it has none. Undefined when all are taken. */
  take(holder: string): string | undefined {
    const held = this.#byHolder.get(holder);
    if (held !== undefined) return this.#print(held);
    for (let tried = 0; tried < this.#last - 1 && tried <= this.#holders.size; tried++) {
      const number = this.#next;
      this.#next = this.#after(number);
      if (!this.#holders.has(number)) {
        this.#give(number, holder);
        return this.#print(number);
      }
    }
    return undefined;
  }

  /** Takes note of an address that was given before. */
  hold(address: string, holder: string): void {
    const [range, parsed] = [this.#range, parseAddress(address)];
    if (!range || parsed?.version !== range.version) return;
    const number = parsed.value - range.first + 1n;
    if (number < 1n || number > BigInt(this.#last)) return;
    this.#give(Number(number), holder);
    if (number >= this.#next) this.#next = this.#after(Number(number));
  }

  release(holder: string): void {
    const number = this.#byHolder.get(holder);
    if (number === undefined) return;
    this.#byHolder.delete(holder);
    const others = (this.#holders.get(number) ?? 1) - 1;
    if (others > 0) this.#holders.set(number, others);
    else this.#holders.delete(number);
  }

  #give(number: number, holder: string): void {
    this.release(holder);
    this.#holders.set(number, (this.#holders.get(number) ?? 0) + 1);
    this.#byHolder.set(holder, number);
  }

  #after(number: number): number {
    return number >= this.#last ? 2 : number + 1;
  }

  #print(number: number): string {
    const value = (this.#range?.first ?? 1n) - 1n + BigInt(number);
    if (this.#range?.version === 4) return printIPv4(Number(value));
    const groups = value.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
    return canonicalIP(groups.join(':'));
  }
}
