/** Prometheus' protobuf format, delimited: `io.prometheus.client.MetricFamily` (client_model `metrics.proto`). */
import { METRICS } from '../generated/metrics.ts';
import { ProtobufWriter } from '../machinery/schema/protobuf-writer.ts';
import { boundsOf, type Family, Histogram, type MetricName, type Series } from './registry.ts';

/** The media type that clients ask for; the answer's adds `escaping`. */
export const PROTOBUF_TYPE =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

const TYPES = { counter: 0, gauge: 1, histogram: 4 } as const;
/** The field of a metric that holds its value. */
const VALUE = { gauge: 2, counter: 3 } as const;

/** A piece for each metric, with its length before it. */
export function* printProtobuf(families: Iterable<Family>): Generator<Uint8Array> {
  for (const { name, series } of families) {
    const { help, type } = METRICS[name];
    const out = new ProtobufWriter().string(1, name).string(2, help).integer(3, TYPES[type]);
    for (const one of series) out.message(4, (metric) => writeMetric(metric, name, one));
    yield delimited(out.finish());
  }
}

function writeMetric(out: ProtobufWriter, name: MetricName, { labels, state }: Series): void {
  const { labels: names, type } = METRICS[name];
  for (const [at, label] of names.entries()) {
    out.message(1, (pair) => pair.string(1, label).string(2, labels[at] ?? ''));
  }
  if (!(state instanceof Histogram)) {
    if (type !== 'histogram') out.message(VALUE[type], (inner) => inner.double(1, state.value));
    return;
  }
  out.message(7, (inner) => {
    inner.integer(1, state.count).double(2, state.sum);
    let total = 0;
    for (const [at, bound] of boundsOf(name).entries()) {
      total += state.counts[at] ?? 0;
      const upTo = total;
      inner.message(3, (bucket) => bucket.integer(1, upTo).double(2, bound));
    }
  });
}

function delimited(message: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = message.length;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  const bytes = new Uint8Array(length.length + message.length);
  bytes.set(length);
  bytes.set(message, length.length);
  return bytes;
}
