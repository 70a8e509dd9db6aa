/** Names made from `generateName` (apiserver `pkg/storage/names/generate.go`). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const MAX_NAME = 63;

/** Another name each time; `random` gives [0, 1). */
export function generateName(base: string, random: () => number): string {
  let suffix = '';
  for (let i = 0; i < SUFFIX; i++) suffix += ALPHABET[Math.floor(random() * ALPHABET.length)];
  return base.slice(0, MAX_NAME - SUFFIX) + suffix;
}
