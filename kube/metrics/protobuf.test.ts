import { expect, test } from 'vitest';
import { printProtobuf } from './protobuf.ts';
import { Registry } from './registry.ts';

/** Fields of a message, in order: numbers, and the bytes of others. */
function fieldsOf(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [tag >> 3, tag & 7];
    if (wire === 0) found.push([field, varint()]);
    else if (wire === 1) {
      found.push([field, new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0, true)]);
      at += 8;
    } else {
      const length = varint();
      found.push([field, bytes.slice(at, at + length)]);
      at += length;
    }
  }
  return found;
}

const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);
const inner = (value: unknown) => fieldsOf(value as Uint8Array);

/** Families of a delimited text: each has its length before it. */
function families(registry: Registry) {
  return Array.from(printProtobuf(registry.families()), (bytes) => {
    let [at, length, shift] = [0, 0, 0];
    for (;;) {
      const byte = bytes[at++] as number;
      length |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 128) break;
    }
    expect(bytes.length - at).toBe(length);
    return fieldsOf(bytes.slice(at));
  });
}

test('counters and gauges are messages of their labels and values', () => {
  const registry = new Registry();
  registry.count('workqueue_adds_total', 'ü');
  registry.set('workqueue_depth', 0, 'job');
  const [adds = [], depth = []] = families(registry);
  expect(adds.slice(0, 3).map(([field, value]) => [field, typeof value === 'number' ? value : text(value)])).toEqual([
    [1, 'workqueue_adds_total'],
    [2, '[BETA] Total number of adds handled by workqueue'],
    [3, 0],
  ]);
  const [label, value] = inner(adds[3]?.[1]);
  expect(inner(label?.[1]).map(([, part]) => text(part))).toEqual(['name', 'ü']);
  expect([value?.[0], inner(value?.[1])]).toEqual([3, [[1, 1]]]);
  expect(depth[2]).toEqual([3, 1]);
  const gauge = inner(depth[3]?.[1])[1];
  expect([gauge?.[0], inner(gauge?.[1])]).toEqual([2, [[1, 0]]]);
});

test('buckets of a histogram are added up, and the last is left out, as by Go’s client', () => {
  const registry = new Registry();
  for (const size of [10, 5e9]) {
    registry.observe('apiserver_response_sizes', size, 'apiserver', '', 'pods', 'cluster', '', 'LIST', 'v1');
  }
  const [family = []] = families(registry);
  expect(family[2]).toEqual([3, 4]);
  const histogram = inner(inner(family[3]?.[1]).find(([field]) => field === 7)?.[1]);
  expect(histogram.slice(0, 2)).toEqual([
    [1, 2],
    [2, 5_000_000_010],
  ]);
  const buckets = histogram.slice(2).map(([, bucket]) => inner(bucket).map(([, value]) => value));
  expect(buckets[0]).toEqual([1, 1000]);
  expect(buckets.at(-1)).toEqual([1, 1e9]);
});
