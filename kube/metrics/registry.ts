/**
 * Metrics of one cluster (component-base `metrics`). Their definitions are upstream's and shared; what is kept of a
 * cluster is made when it is first counted. Series are bounded, because clients choose some of the labels.
 */
import { METRICS } from '../generated/metrics.ts';

type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
type NameOf<T extends string> = { [N in MetricName]: Metrics[N]['type'] extends T ? N : never }[MetricName];
/** Label values in the order of the labels' names. */
export type Labels<N extends MetricName> = Strings<Metrics[N]['labels']>;
type Strings<L extends readonly unknown[]> = { readonly [I in keyof L]: string };

/** Beyond these, further series of a metric are counted but not shown. */
const MAX_SERIES = 1000;

export class Value {
  value = 0;
}

export class Histogram {
  readonly #bounds: readonly number[];
  /** Observations by bucket, as far as there are any; the bucket behind all bounds is the last. */
  readonly counts: number[] = [];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(value: number, times = 1): void {
    if (times === 0) return;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    while (this.counts.length <= bucket) this.counts.push(0);
    this.counts[bucket] = (this.counts[bucket] as number) + times;
    this.count += times;
    this.sum += value * times;
  }
}

export interface Series<S = Value | Histogram> {
  labels: readonly string[];
  state: S;
}

export interface Family {
  name: MetricName;
  series: readonly Series[];
}

/** An addition to a counter or an observation of a histogram, as plain data. */
export interface Measurement {
  readonly name: NameOf<'counter' | 'histogram'>;
  readonly value: number;
  readonly labels: readonly string[];
}

export function measure<N extends NameOf<'counter' | 'histogram'>>(
  name: N,
  value: number,
  ...labels: Labels<N>
): Measurement {
  return { name, value, labels };
}

export class Registry {
  /** Counts up when all counts begin anew. */
  generation = 0;
  readonly #series = new Map<MetricName, Map<string, Series>>();
  readonly #collectors: (() => Iterable<Family> | undefined)[] = [];

  /** The counter or gauge of these labels, to be kept where it is counted often. */
  value<N extends NameOf<'counter' | 'gauge'>>(name: N, ...labels: Labels<N>): Value {
    return this.#find(name, labels, newValue).state as Value;
  }

  histogram<N extends NameOf<'histogram'>>(name: N, ...labels: Labels<N>): Histogram {
    return this.#find(name, labels, newHistogram).state as Histogram;
  }

  /** Adds one. */
  count<N extends NameOf<'counter' | 'gauge'>>(name: N, ...labels: Labels<N>): void {
    this.value(name, ...labels).value++;
  }

  set<N extends NameOf<'counter' | 'gauge'>>(name: N, value: number, ...labels: Labels<N>): void {
    this.value(name, ...labels).value = value;
  }

  observe<N extends NameOf<'histogram'>>(name: N, value: number, ...labels: Labels<N>): void {
    this.histogram(name, ...labels).observe(value);
  }

  record({ name, value, labels }: Measurement): void {
    const { state } = this.#find(name, labels, METRICS[name].type === 'histogram' ? newHistogram : newValue);
    if (state instanceof Histogram) state.observe(value);
    else state.value += value;
  }

  /**
   * Calls back when metrics are read, for those that say how things are then: what is returned is shown, and not kept.
   */
  onRead(collector: () => Iterable<Family> | undefined): void {
    this.#collectors.push(collector);
  }

  /** All counts begin anew. Values that others hold count on unseen: they are asked for again in another generation. */
  reset(): void {
    this.generation++;
    this.#series.clear();
  }

  /** In the order of names and labels. */
  *families(): Generator<Family> {
    const all: Family[] = this.#collectors.flatMap((collect) => [...(collect() ?? [])]);
    for (const [name, series] of this.#series) all.push({ name, series: [...series.values()].sort(byLabels) });
    yield* all.filter(({ series }) => series.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #find(name: MetricName, labels: readonly string[], make: (name: MetricName) => Value | Histogram): Series {
    let series = this.#series.get(name);
    if (!series) {
      series = new Map();
      this.#series.set(name, series);
    }
    const id = labels.length === 1 ? (labels[0] as string) : labels.join('\u0001');
    let found = series.get(id);
    if (!found) {
      found = { labels, state: make(name) };
      if (series.size < MAX_SERIES) series.set(id, found);
    }
    return found;
  }
}

function byLabels(a: Series, b: Series): number {
  const differing = a.labels.findIndex((label, i) => label !== b.labels[i]);
  return differing >= 0 && (a.labels[differing] as string) < (b.labels[differing] as string) ? -1 : 1;
}

/** A gauge as it is when metrics are read, in the order of labels. */
export function gauge<N extends NameOf<'gauge'>>(
  name: N,
  values: Iterable<readonly [value: number, ...Labels<N>]>,
): Family {
  const series = [...values].map(([value, ...labels]) => ({ labels, state: Object.assign(new Value(), { value }) }));
  return { name, series: series.sort(byLabels) };
}

const newValue = (): Value => new Value();
const newHistogram = (name: MetricName): Histogram => new Histogram(boundsOf(name));

/** Upper bounds of a histogram's buckets; none for the other types. */
export function boundsOf(name: MetricName): readonly number[] {
  const definition = METRICS[name];
  return 'buckets' in definition ? definition.buckets : [];
}
