import type { ContainerEntry, SandboxEntry } from './runtime.ts';

/** One pod's part of a listing of everything. */
export interface PodListing {
  sandboxes: SandboxEntry[];
  containers: ContainerEntry[];
}

export function newestSandbox({ sandboxes }: PodListing): SandboxEntry | undefined {
  return [...sandboxes].sort((a, b) => b.metadata.attempt - a.metadata.attempt || b.createdAt - a.createdAt)[0];
}
