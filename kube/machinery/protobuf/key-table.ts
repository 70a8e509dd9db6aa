/** Finds the slot of a JSON key by its bytes, without making a string of it. */
const encoder = new TextEncoder();

export class KeyTable {
  readonly size: number;
  readonly #names: readonly Uint8Array[];
  readonly #hashes: Int32Array;
  /** Slots + 1, by hash. */
  readonly #slots: Uint8Array;
  readonly #mask: number;
  /** By slot + 1: the slot of the key that came behind it the last time. Objects of a list have their keys alike. */
  readonly #following: Int16Array;
  #previous = -1;

  constructor(names: readonly string[]) {
    this.size = names.length;
    this.#following = new Int16Array(names.length + 1).fill(-1);
    this.#names = names.map((name) => encoder.encode(name));
    let room = 8;
    while (room < 2 * names.length) room *= 2;
    this.#mask = room - 1;
    this.#slots = new Uint8Array(room);
    this.#hashes = Int32Array.from(this.#names, (name) => hashOf(name, 0, name.length));
    for (let slot = 0; slot < names.length; slot++) {
      let at = (this.#hashes[slot] ?? 0) & this.#mask;
      while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
      this.#slots[at] = slot + 1;
    }
  }

  /** The slot of the key that begins at `from`, if it is the one that came behind `previous` before; else -1. */
  guess(previous: number, bytes: Uint8Array, from: number): number {
    this.#previous = previous;
    const slot = this.#following[previous + 1] as number;
    if (slot < 0) return -1;
    const name = this.#names[slot] as Uint8Array;
    const { length } = name;
    for (let at = 0; at < length; at++) if (name[at] !== bytes[from + at]) return -1;
    return bytes[from + length] === 0x22 ? slot : -1;
  }

  lengthOf(slot: number): number {
    return (this.#names[slot] as Uint8Array).length;
  }

  /** `hash` is that of the bytes, by {@link addToHash}. -1 where there is no such key. */
  find(hash: number, bytes: Uint8Array, from: number, to: number): number {
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = (this.#slots[at] ?? 0) - 1;
      if (slot < 0) return -1;
      if (this.#hashes[slot] === hash && isEqual(this.#names[slot] as Uint8Array, bytes, from, to)) {
        this.#following[this.#previous + 1] = slot;
        return slot;
      }
    }
  }
}

export function addToHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = addToHash(hash, bytes[at] ?? 0);
  return hash;
}

function isEqual(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[from + at]) return false;
  return true;
}
