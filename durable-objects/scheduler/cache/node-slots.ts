/** Numbers of the nodes that are known, from zero on, and the generation of each: another one with every change of it. */
export class NodeSlots {
  readonly #free: number[] = [];
  #size = 0;
  #last = 0;
  /** By slot. */
  generations = new Float64Array(64);

  take(): number {
    const slot = this.#free.pop() ?? this.#size++;
    if (slot >= this.generations.length) {
      const more = new Float64Array(this.generations.length * 2);
      more.set(this.generations);
      this.generations = more;
    }
    this.changed(slot);
    return slot;
  }

  /** The node is gone, and another may have its number. */
  free(slot: number): void {
    this.#free.push(slot);
  }

  changed(slot: number): void {
    this.generations[slot] = ++this.#last;
  }
}
