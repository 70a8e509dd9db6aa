import { renameSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that only its owner may read, whole or not at all: also where the machine loses its power, or the name
 * would be on the disk before what it names. A key that is lost takes all tokens, or all Secrets, with
 * it, and a lost token of a node its membership.
 */
export function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, file);
}
