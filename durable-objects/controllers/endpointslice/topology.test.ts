import { expect, test } from 'vitest';
import type { Endpoint } from '../../../kube/types.ts';
import type { Drafts } from './hints.ts';
import { ownSlice } from './testing/own-slice.ts';
import { addHints, isOverloaded } from './topology.ts';

const endpoint = (zone: string | undefined, ready = true, hint?: string): Endpoint =>
  ({
    addresses: ['10.0.0.1'],
    conditions: { ready },
    ...(zone ? { zone } : {}),
    ...(hint ? { hints: { forZones: [{ name: hint }] } } : {}),
  }) as unknown as Endpoint;

const times = (count: number, zone: string): Endpoint[] => Array.from({ length: count }, () => endpoint(zone));
const drafts = (endpoints: Endpoint[], unchanged: Endpoint[][] = []): Drafts => ({
  create: endpoints.length > 0 ? [{ labels: {}, ports: [], endpoints }] : [],
  update: [],
  unchanged: unchanged.map((some, at) => ownSlice(`s${at}`, some)),
});
const even = new Map([
  ['a', 1 / 3],
  ['b', 1 / 3],
  ['c', 1 / 3],
]);

function hints({ create, update }: Drafts): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { endpoints } of [...create, ...update]) {
    for (const { hints } of endpoints) {
      const zone = hints?.forZones?.map(({ name }) => name).join() ?? 'none';
      counts[zone] = (counts[zone] ?? 0) + 1;
    }
  }
  return counts;
}

const why = (given: Drafts, ratios: Map<string, number> | undefined = even) =>
  addHints(given, ratios, false).map(({ reason, message }) => `${reason}: ${message}`);

test('each zone has the endpoints of its own where they are spread as the CPUs are', () => {
  const given = drafts([...times(2, 'a'), ...times(2, 'b'), ...times(2, 'c'), endpoint('a', false)]);
  expect(why(given)).toEqual(['TopologyAwareHintsEnabled: Topology Aware Hints has been enabled']);
  expect(hints(given)).toEqual({ a: 2, b: 2, c: 2, none: 1 });
  expect(addHints(given, even, true)).toEqual([]);
});

test('zones with too many endpoints give some to zones with too few', () => {
  const given = drafts([...times(7, 'a'), ...times(1, 'b'), ...times(1, 'c')]);
  why(given);
  expect(hints(given)).toEqual({ a: 3, b: 3, c: 3 });
});

test('a slice whose hints still fit stays as it is; one with hints for a zone that is gone does not', () => {
  const fits = [endpoint('a', true, 'a'), endpoint('b', true, 'b'), endpoint('c', true, 'c')];
  const given = drafts([], [fits, [endpoint('a', true, 'gone'), endpoint('b', true, 'b'), endpoint('c', true, 'c')]]);
  addHints(given, even, true);
  expect(given.unchanged.map(({ projection }) => projection.name)).toEqual(['s0']);
  expect(hints(given)).toEqual({ a: 1, b: 1, c: 1 });
});

test('no hints, and a reason, where they cannot be given well', () => {
  const off = 'TopologyAwareHintsDisabled: ';
  expect(why(drafts(times(2, 'a')))).toEqual([`${off}Insufficient number of endpoints (2 endpoints, 3 zones)`]);
  expect(why(drafts(times(4, 'a')))).toEqual([
    `${off}Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (4 endpoints, 3 zones)`,
  ]);
  expect(why(drafts([...times(5, 'a'), endpoint(undefined)]))).toEqual([
    `${off}One or more endpoints do not have a zone specified`,
  ]);
  const given = drafts(times(3, 'a'), [[endpoint('b', true, 'b')]]);
  expect(addHints(given, undefined, true)).toMatchObject([
    { message: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes' },
  ]);
  expect(given.unchanged).toEqual([]);
  expect(hints(given)).toEqual({ none: 4 });
});

test('a Service is overloaded where a zone has fewer hints than it needs, or zones are not known any more', () => {
  const slice = (...zones: string[]) => [
    ownSlice(
      's',
      zones.map((zone) => endpoint(zone, true, zone)),
    ),
  ];
  expect(isOverloaded(slice('a', 'b', 'c'), even)).toBe(false);
  expect(isOverloaded(slice('a', 'b'), even)).toBe(true);
  expect(isOverloaded(slice('a', 'b', 'c'), undefined)).toBe(true);
  expect(isOverloaded([], undefined)).toBe(false);
});
