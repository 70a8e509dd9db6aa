/** Names people give clusters, and the ids clusters are served under. */

import { isDNS1123Label } from '../../kube/machinery/names.ts';
import { failure, type Status } from '../../kube/machinery/status.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const ALPHABET = `${LETTERS}0123456789`;

/** Ten lower-case letters and digits, the first a letter, so that it is a host name too: 26 · 36⁹ of them. */
export function newClusterId(random: (bytes: number) => Uint8Array): string {
  let id = '';
  while (id.length < 10) {
    for (const byte of random(32)) {
      const letters = id.length === 0 ? LETTERS : ALPHABET;
      // Bytes beyond the last whole round would favour the first letters.
      if (id.length < 10 && byte < 256 - (256 % letters.length)) id += letters[byte % letters.length];
    }
  }
  return id;
}

/** A Status when the name cannot be a cluster's. */
export function checkName(name: string): Status | undefined {
  const problems = isDNS1123Label(name);
  if (problems.length === 0) return undefined;
  const value = JSON.stringify(name);
  return failure('Invalid', `Cluster ${value} is invalid: name: Invalid value: ${value}: ${problems.join(', ')}`);
}
