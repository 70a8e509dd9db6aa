/** Go writes maps by their keys in order; JSON has them as they were given. */
import type { Scanner } from './scanner.ts';

/** `last` is the last entry; returns the one that is last by its key. Of equal keys, the last counts. */
export function orderEntries(scanner: Scanner, last: number): number {
  const { tape } = scanner;
  let isOrdered = true;
  for (let entry = last, before = tape[entry + 2] ?? 0; before > 0; entry = before, before = tape[entry + 2] ?? 0) {
    if (compareTexts(scanner, tape[before] ?? 0, tape[entry] ?? 0) < 0) continue;
    isOrdered = false;
    break;
  }
  if (isOrdered) return last;
  const entries: number[] = [];
  for (let entry = last; entry > 0; entry = tape[entry + 2] ?? 0) entries.push(entry);
  // Stable, and from the last entry on: of equal keys the first here is the one that counts.
  entries.sort((a, b) => compareTexts(scanner, tape[a] ?? 0, tape[b] ?? 0));
  let before = 0;
  let previous = 0;
  for (const entry of entries) {
    if (previous > 0 && compareTexts(scanner, tape[previous] ?? 0, tape[entry] ?? 0) === 0) continue;
    tape[entry + 2] = before;
    before = entry;
    previous = entry;
  }
  return before;
}

function compareTexts(scanner: Scanner, a: number, b: number): number {
  const { bytes, tape } = scanner;
  const [fromA = 0, toA = 0, lengthA = 0] = [tape[a], tape[a + 1], tape[a + 2]];
  const [fromB = 0, toB = 0, lengthB = 0] = [tape[b], tape[b + 1], tape[b + 2]];
  if (lengthA !== toA - fromA || lengthB !== toB - fromB) {
    return compareBytes(resolved(scanner, a), 0, Infinity, resolved(scanner, b), 0, Infinity);
  }
  return compareBytes(bytes, fromA, toA, bytes, fromB, toB);
}

function compareBytes(a: Uint8Array, fromA: number, toA: number, b: Uint8Array, fromB: number, toB: number): number {
  const endA = Math.min(toA, a.length);
  const endB = Math.min(toB, b.length);
  for (let i = fromA, j = fromB; i < endA && j < endB; i++, j++) {
    const difference = (a[i] ?? 0) - (b[j] ?? 0);
    if (difference !== 0) return difference;
  }
  return endA - fromA - (endB - fromB);
}

/** Keys with escapes are rare. */
function resolved({ bytes, tape }: Scanner, node: number): Uint8Array {
  const text = new TextDecoder().decode(bytes.subarray((tape[node] ?? 0) - 1, (tape[node + 1] ?? 0) + 1));
  return new TextEncoder().encode(JSON.parse(text) as string);
}
