/** Clients hear that the cluster's storage is nearly full before their writes are refused. */
import type { Call, ServerPorts } from '../server.ts';

const EVERY_MS = 60_000;
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
const MIB = 1024 * 1024;

/** A `Warning` on a client's write, once a minute. */
export function spaceWarnings({ use }: ServerPorts['store']): (call: Call) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ info, request, now, warnings }) => {
    if (request.cause || !WRITES.has(info.verb) || now - last < EVERY_MS || !use.isLow) return;
    last = now;
    const [used, quota] = [use.used, use.quota ?? 0].map((bytes) => Math.ceil(bytes / MIB));
    warnings.push(
      `${used} MiB of the ${quota} MiB that this cluster may store are used: once it is full, nothing can be created`,
    );
  };
}
