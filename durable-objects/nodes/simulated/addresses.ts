/** Pod addresses of one node: a /24 without its first (the gateway) and last. An address just freed comes last. */
export class AddressPool {
  readonly #base: string;
  readonly #holders = new Map<string, string>();
  readonly #byHolder = new Map<string, string>();
  #next = 2;

  constructor(podCIDR: string) {
    this.#base = podCIDR.slice(0, podCIDR.lastIndexOf('.') + 1);
  }

  /** The holder's address, a new one where it has none. Undefined when all are taken. */
  take(holder: string): string | undefined {
    const held = this.#byHolder.get(holder);
    if (held) return held;
    for (let tried = 0; tried < 253; tried++) {
      const address = `${this.#base}${this.#next}`;
      this.#next = this.#next >= 254 ? 2 : this.#next + 1;
      if (!this.#holders.has(address)) {
        this.hold(address, holder);
        return address;
      }
    }
    return undefined;
  }

  /** Takes note of an address that was given before. */
  hold(address: string, holder: string): void {
    if (!address.startsWith(this.#base)) return;
    this.#holders.set(address, holder);
    this.#byHolder.set(holder, address);
    const last = Number(address.slice(this.#base.length));
    if (last >= this.#next) this.#next = last >= 254 ? 2 : last + 1;
  }

  release(holder: string): void {
    const address = this.#byHolder.get(holder);
    if (address === undefined) return;
    this.#byHolder.delete(holder);
    this.#holders.delete(address);
  }
}
