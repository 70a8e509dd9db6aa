/** A binary heap whose items can be taken out by key. */
export class Heap<T extends { key: string }> {
  readonly #items: T[] = [];
  readonly #at = new Map<string, number>();
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** In no order. */
  get items(): readonly T[] {
    return this.#items;
  }

  get(key: string): T | undefined {
    const at = this.#at.get(key);
    return at === undefined ? undefined : this.#items[at];
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.remove(item.key);
    this.#items.push(item);
    this.#at.set(item.key, this.#items.length - 1);
    this.#up(this.#items.length - 1);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first) this.remove(first.key);
    return first;
  }

  remove(key: string): T | undefined {
    const at = this.#at.get(key);
    if (at === undefined) return undefined;
    const last = this.#items.length - 1;
    const item = this.#items[at];
    this.#swap(at, last);
    this.#items.pop();
    this.#at.delete(key);
    if (at < last) {
      this.#up(at);
      this.#down(at);
    }
    return item;
  }

  #up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#compare(this.#items[at] as T, this.#items[parent] as T) >= 0) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(from: number): void {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && this.#compare(this.#items[child] as T, this.#items[least] as T) < 0)
          least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#items[a] as T, this.#items[b] as T];
    this.#items[a] = second;
    this.#items[b] = first;
    this.#at.set(second.key, a);
    this.#at.set(first.key, b);
  }
}
