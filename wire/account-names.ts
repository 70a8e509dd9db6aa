/** Accounts of people and visitors have random names, which nothing lists: 128 bits in base32. */
import { base32 } from './base32.ts';

export const RANDOM_NAME_PREFIX = 'p-';
const BYTES = 16;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const PATTERN = /^p-[a-z2-7]{26}$/;

export function newAccountName(random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))): string {
  return RANDOM_NAME_PREFIX + base32(random(BYTES));
}

/** Whether an account may have this name only by chance. */
export function isRandomName(account: string): boolean {
  return account.startsWith(RANDOM_NAME_PREFIX);
}

/** Whether it is the name of an account of a person or a visitor. */
export function isAccountName(text: string): boolean {
  return PATTERN.test(text);
}

/** Whether an account may have this name: a random one, or one that was opened with the bootstrap secret. */
export function mayBeAccount(text: string): boolean {
  return isRandomName(text) ? isAccountName(text) : LABEL.test(text);
}
