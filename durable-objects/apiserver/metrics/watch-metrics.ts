/** Counts of watches (apiserver `pkg/endpoints/metrics`): those that are open, and the events that they were sent. */
import type { Kinds } from '../../../kube/kinds/registry.ts';
import { type Family, gauge, type Histogram, type Registry, type Value } from '../../../kube/metrics/registry.ts';
import type { WatchRequest } from '../../store/watch-hub.ts';

interface Counted {
  generation: number;
  events: Value;
  sizes: Histogram;
}

export class WatchMetrics {
  readonly #registry: Registry;
  readonly #kinds: Kinds;
  readonly #counted = new WeakMap<WatchRequest, Counted>();

  constructor(registry: Registry, kinds: Kinds) {
    this.#registry = registry;
    this.#kinds = kinds;
  }

  readonly sent = (request: WatchRequest, sizes: readonly number[]): void => {
    let counted = this.#counted.get(request);
    if (counted?.generation !== this.#registry.generation) {
      const kind = this.#kinds.findKind(request.apiVersion, request.kind)?.kind;
      if (!kind) return;
      const labels = [kind.group, kind.plural, kind.version] as const;
      counted = {
        generation: this.#registry.generation,
        events: this.#registry.value('apiserver_watch_events_total', ...labels),
        sizes: this.#registry.histogram('apiserver_watch_events_sizes', ...labels),
      };
      this.#counted.set(request, counted);
    }
    counted.events.value += sizes.length;
    for (const size of sizes) counted.sizes.observe(size);
  };

  follow(requests: () => Iterable<WatchRequest>): void {
    this.#registry.onRead(() => [this.#open(requests())]);
  }

  #open(requests: Iterable<WatchRequest>): Family {
    const open = new Map<string, { labels: readonly [string, string, string, string]; count: number }>();
    for (const { apiVersion, kind: name, prefix } of requests) {
      const kind = this.#kinds.findKind(apiVersion, name)?.kind;
      if (!kind) continue;
      const scope = scopeOf(prefix);
      const id = `${apiVersion} ${name} ${scope}`;
      const known = open.get(id) ?? { labels: [kind.group, kind.plural, scope, kind.version] as const, count: 0 };
      known.count++;
      open.set(id, known);
    }
    return gauge(
      'apiserver_longrunning_requests',
      [...open.values()].map(({ labels: [group, plural, scope, version], count }) => {
        return [count, 'apiserver', group, plural, scope, '', 'WATCH', version] as const;
      }),
    );
  }
}

/** Of a prefix (`pods/`, `pods/default/`) or a whole key. */
function scopeOf(prefix: string): string {
  const [, namespace = '', name = ''] = prefix.split('/');
  if (name !== '') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}
