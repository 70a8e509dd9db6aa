/** Limits on requests under way (apiserver `pkg/server/filters/maxinflight.go`). */
import { tooManyRequests } from './errors.ts';
import type { ApiRequest } from './request.ts';
import type { Limits } from './server.ts';

const DEFAULTS: Limits = { readsInFlight: 400, writesInFlight: 200 };
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

export interface FlowControl {
  /** Throws 429 when there is no room; else returns how to leave. */
  enter(verb: string, request: ApiRequest): () => void;
}

const NOTHING = (): void => {};

export function makeFlowControl(limits: Partial<Limits> = {}): FlowControl {
  const { readsInFlight, writesInFlight } = { ...DEFAULTS, ...limits };
  let reads = 0;
  let writes = 0;
  return {
    enter(verb, request) {
      if (READS.has(verb)) {
        if (isFull(reads, readsInFlight) && !isExempt(request)) throw tooManyRequests();
        reads++;
        return () => void reads--;
      }
      if (verb === 'connect') return NOTHING;
      if (isFull(writes, writesInFlight) && !isExempt(request)) throw tooManyRequests();
      writes++;
      return () => void writes--;
    },
  };
}

/** A limit of 0 is none, as upstream. */
function isFull(count: number, limit: number): boolean {
  return limit > 0 && count >= limit;
}

/**
 * The cluster's own parts must not be starved by its users. Upstream lets `system:masters` pass too; here most users
 * are masters of their cluster.
 */
function isExempt({ cause }: ApiRequest): boolean {
  return cause !== undefined;
}
