/**
 * The limits of a cluster, which those of its account's kind are: counted where things are anyway, so that a request
 * costs nothing more.
 */
import { failure, type Status } from '../../kube/machinery/status.ts';
import type { Claims } from '../../wire/identity.ts';
import type { Quota } from '../../wire/quota.ts';
import type { ApiAnswer } from '../apiserver/request.ts';
import type { ClusterRecord } from '../tenancy/token-registry.ts';
import { type ObjectEnv, quotaOf } from './env.ts';
import { letGo } from './sockets/socket-hub.ts';

interface LimitPorts {
  record: Pick<ClusterRecord, 'kind'>;
  quotaOf(kind: ClusterRecord['kind']): Quota;
  /** Watches that are open. */
  watches(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Seconds for which a client may save up requests: `kubectl apply` of a folder comes at once. */
const BURST_SECONDS = 5;
const WATCHES_RETRY_SECONDS = 10;

export class ClusterLimits {
  readonly #ports: LimitPorts;
  #known: { kind: ClusterRecord['kind']; quota: Quota } | undefined;
  /** Requests that may come now, and the time at which they were counted. */
  #left = Number.POSITIVE_INFINITY;
  #at = 0;

  constructor(ports: LimitPorts) {
    this.#ports = ports;
  }

  readonly quota = (): Quota => {
    const { record, quotaOf } = this.#ports;
    const { kind } = record;
    if (!this.#known || this.#known.kind !== kind) this.#known = { kind, quota: quotaOf(kind) };
    return this.#known.quota;
  };

  readonly bytes = (): number | undefined => this.quota().bytes || undefined;

  /** Counts a request; 429 for one of too many. Nodes keep the cluster going, and are let through. */
  tooFast({ node }: Pick<Claims, 'node'>): Status | undefined {
    const { requests } = this.quota();
    if (requests === 0 || node !== undefined) return undefined;
    const now = this.#ports.now();
    const burst = requests * BURST_SECONDS;
    const passed = Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#left = Math.min(burst, this.#left + passed * requests);
    if (this.#left >= 1) {
      this.#left--;
      return undefined;
    }
    const advice = this.#ports.record.kind === 'visitor' ? 'ask less often, or sign in for more' : 'ask less often';
    return tooMany(`this cluster answers ${requests} requests a second: ${advice}`, 1);
  }

  /** The answer; 429 in place of a watch where there are too many. */
  within(answer: ApiAnswer, node: string | undefined): ApiAnswer {
    const { watches } = this.quota();
    if (answer.type !== 'watch' || watches === 0 || node !== undefined) return answer;
    if (this.#ports.watches() < watches) return answer;
    letGo(answer);
    const message = `this cluster may have ${watches} watches open, and has them: close some`;
    return tooManyAnswer(tooMany(message, WATCHES_RETRY_SECONDS));
  }
}

export function tooManyAnswer(status: Status): ApiAnswer {
  const headers = { 'content-type': 'application/json', 'retry-after': String(status.details?.retryAfterSeconds) };
  return { type: 'response', status: status.code, headers, body: `${JSON.stringify(status)}\n` };
}

export function limitsOf(
  env: ObjectEnv,
  record: LimitPorts['record'],
  ports: Pick<LimitPorts, 'watches' | 'now'>,
): ClusterLimits {
  return new ClusterLimits({ record, quotaOf: (kind) => quotaOf(env, kind), ...ports });
}

function tooMany(message: string, retryAfterSeconds: number): Status {
  return { ...failure('TooManyRequests', message), details: { retryAfterSeconds } };
}
