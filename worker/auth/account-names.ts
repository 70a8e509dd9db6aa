/** Accounts of people and visitors have random names, which nothing lists: 128 bits in base32 (RFC 4648). */

export const RANDOM_NAME_PREFIX = 'p-';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 16;
const PATTERN = /^p-[a-z2-7]{26}$/;

export function newAccountName(random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))): string {
  const bits = Array.from(random(BYTES), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{1,5}/g) ?? [];
  return RANDOM_NAME_PREFIX + letters.map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Whether an account may have this name only by chance. */
export function isRandomName(account: string): boolean {
  return account.startsWith(RANDOM_NAME_PREFIX);
}

/** Whether it is the name of an account of a person or a visitor. */
export function isAccountName(text: string): boolean {
  return PATTERN.test(text);
}
