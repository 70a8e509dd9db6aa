/** Lines that another part of the page puts into the terminal, to be looked at and sent there. No address can: its lines would be a stranger's. */
import { signal } from '@preact/signals';

export const placed = signal<string | undefined>(undefined);
