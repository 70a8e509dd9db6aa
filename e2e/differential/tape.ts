/**
 * Choices read from a list of numbers, which fast-check makes and shrinks: a smaller number is a simpler choice, and
 * where the list ends every choice is the simplest one.
 */
export class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** 0 … n-1 */
  below(n: number): number {
    return (this.#numbers[this.#at++] ?? 0) % n;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** True once in n. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1;
  }

  /** `[weight, value]` */
  weighted<T>(from: readonly (readonly [number, T])[]): T {
    let left = this.below(from.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of from) {
      if (left < weight) return value;
      left -= weight;
    }
    throw new Error('no weights');
  }
}
