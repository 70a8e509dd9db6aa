/**
 * What stands at the store's edge for keys under `secrets/` (design decision 1): texts are sealed as they enter a row
 * and opened as they leave it, so that nothing on disk is readable and nothing above the store knows.
 * Synchronous, because it runs inside transactions.
 */
import type { Key } from '../../kube/machinery/resource.ts';

export interface Sealer {
  seal(key: Key, text: string): string | Uint8Array;
  /** Throws when the value was tampered with, moved to another key, or sealed by a key that is not known here. */
  open(key: Key, sealed: string | Uint8Array): string;
}

/** Seals nothing: where the disk is the owner's own. */
export const plainSealer: Sealer = {
  seal: (_key, text) => text,
  open: (key, sealed) => {
    if (typeof sealed !== 'string') throw new Error(`${key} is sealed, and no sealing key was configured`);
    return sealed;
  },
};
