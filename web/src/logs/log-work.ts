/** Follows the containers that are chosen, as pods come and go, into one buffer. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Pod } from '../../../kube/types.ts';
import type { Api } from '../api/request.ts';
import { type FollowerState, follow, type LogParams, type LogQuery } from './follower.ts';
import { LogBuffer } from './log-buffer.ts';
import { containerNow, MOST_TARGETS, prefixOf, type Target } from './targets.ts';

const POLL_MS = 900;
const POLL_EACH_MS = 100;

export interface Followed {
  target: Target;
  state: FollowerState;
}

export class LogWork {
  readonly buffer = new LogBuffer();
  /** By the numbers of the buffer's lines. Containers of pods that are gone stay. */
  readonly followed = signal<readonly Followed[]>([]);
  /** Counts what comes, so that the screen asks for it. */
  readonly arrived = signal(0);
  readonly #api: Api;
  readonly #pods: ReadonlySignal<ReadonlyMap<string, Pod>>;
  readonly #query: LogQuery;
  readonly #connections: 'many' | 'few';
  readonly #stop = new AbortController();

  constructor(
    api: Api,
    pods: ReadonlySignal<ReadonlyMap<string, Pod>>,
    query: LogQuery,
    connections: 'many' | 'few' = connectionsHere(),
  ) {
    this.#connections = connections;
    this.#api = api;
    this.#pods = pods;
    this.#query = query;
  }

  /** Targets that are followed already go on. */
  want(targets: readonly Target[]): void {
    const known = new Set(this.followed.peek().map(({ target }) => target.key));
    const fresh = targets.filter(({ key }) => !known.has(key));
    const room = MOST_TARGETS - this.followed.peek().filter(({ state }) => isLive(state)).length;
    for (const target of fresh.slice(0, Math.max(0, room))) this.#follow(target);
  }

  prefixes(): string[] {
    const all = this.followed.value.map(({ target }) => target);
    return all.map((target) => prefixOf(target, all));
  }

  stop(): void {
    this.#stop.abort();
  }

  #follow(target: Target): void {
    const number = this.followed.peek().length;
    const tell = (state: FollowerState): void => {
      this.followed.value = this.followed.peek().map((each, index) => (index === number ? { target, state } : each));
    };
    this.followed.value = [...this.followed.peek(), { target, state: { state: 'connecting' } }];
    const podNow = () => this.#pods.value.get(`${target.namespace}/${target.pod}`);
    void follow(
      this.#query,
      {
        open: (params, signal) => this.#open(target, params, signal),
        now: () => containerNow(podNow(), target),
        changed: (version, signal) => until(() => (containerNow(podNow(), target)?.version ?? '') !== version, signal),
        sleep: pause,
        ...(this.#mayStay(number) ? {} : { pollEvery: () => POLL_MS + POLL_EACH_MS * this.followed.peek().length }),
        lines: (lines) => {
          this.buffer.add(number, lines);
          this.arrived.value += 1;
        },
        state: tell,
      },
      this.#stop.signal,
    );
  }

  #mayStay(number: number): boolean {
    return this.#connections === 'many' || number === 0;
  }

  async #open(target: Target, params: LogParams, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const query = { container: target.container, ...params };
    const response = await this.#api.request('GET', logPath(target), { query, signal });
    return response.body ?? new ReadableStream({ start: (controller) => controller.close() });
  }
}

/**
 * Over HTTP/1.1 a browser opens six connections to a host, for all of its tabs: one that each tab keeps for a log is as
 * much as leaves the page room for its other requests.
 */
function connectionsHere(): 'many' | 'few' {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation?.nextHopProtocol.startsWith('h') && navigation.nextHopProtocol !== 'http/1.1' ? 'many' : 'few';
}

export function logPath({ namespace, pod }: Target): string {
  return `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log`;
}

function isLive({ state }: FollowerState): boolean {
  return state !== 'gone' && state !== 'ended';
}

/** `happened` reads signals; it is asked again when one of them changes. */
function until(happened: () => boolean, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let dispose: (() => void) | undefined;
    const end = (): void => {
      // An effect cannot be disposed of while it runs for the first time.
      queueMicrotask(() => dispose?.());
      resolve();
    };
    stop.addEventListener('abort', end, { once: true });
    dispose = effect(() => {
      if (happened()) end();
    });
  });
}

/** A page that is not looked at asks for nothing: what came meanwhile comes when it is looked at again. */
function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      if (document.hidden && !stop.aborted) return;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', end);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(() => {
      document.addEventListener('visibilitychange', end);
      end();
    }, milliseconds);
    stop.addEventListener('abort', end);
  });
}
