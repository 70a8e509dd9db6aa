import { expect, test } from 'vitest';
import type { Endpoint } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';
import { type Member, type Port, shownBy } from './endpoints.ts';
import type { OwnSlice } from './own-slices.ts';
import { pack } from './packing.ts';
import { ownSlice } from './testing/own-slice.ts';

const ports = [{ name: 'http', protocol: 'TCP', port: 80 }] as unknown as Port[];
const endpoint = (n: number, ready = true): Endpoint =>
  ({
    addresses: [`10.0.${n >> 8}.${n & 255}`],
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', namespace: 'default', name: `p${n}`, uid: `u${n}` },
  }) as unknown as Endpoint;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => endpoint(first + at));
const slice = (name: string, endpoints: Endpoint[], labels = {}) => ownSlice(name, endpoints, labels, ports);

function member(endpoint: Endpoint): Member {
  const pod = { namespace: 'default', name: endpoint.targetRef?.name } as PodProjection;
  return { ...shownBy(endpoint), ports: '', pod, address: endpoint.addresses[0] ?? '', hostname: undefined };
}

function packed(wanted: Endpoint[], present: OwnSlice[], labels: Record<string, string> = {}): string[] {
  const members = new Map(wanted.map((one) => [shownBy(one).id, member(one)]));
  const { create, update, remove } = pack({ ports, members }, present, labels);
  return [
    ...create.map((one) => `create ${one.endpoints.length}`),
    ...update.map((one) => `update ${one.slice?.projection.name} ${one.endpoints.length}`),
    ...remove.map(({ projection }) => `delete ${projection.name}`),
  ];
}

test('slices are made full', () => {
  expect(packed(range(1, 250), [])).toEqual(['create 100', 'create 100', 'create 50']);
  expect(packed([], [])).toEqual([]);
});

test('what is as it should be stays', () => {
  expect(packed(range(1, 150), [slice('a', range(1, 100)), slice('b', range(101, 150))])).toEqual([]);
});

test('new endpoints go where something changes anyway, into the fullest first', () => {
  const present = [slice('a', range(1, 40)), slice('b', range(101, 180)), slice('c', range(201, 290))];
  const wanted = [...range(1, 39), ...range(101, 179), ...range(201, 290), ...range(301, 325)];
  expect(packed(wanted, present)).toEqual(['update a 43', 'update b 100']);
});

test('all the others go into the slice that they fill best', () => {
  const present = [slice('a', range(1, 40)), slice('b', range(101, 180)), slice('c', range(201, 290))];
  const all = [...range(1, 40), ...range(101, 180), ...range(201, 290)];
  expect(packed([...all, ...range(301, 315)], present)).toEqual(['update b 95']);
  expect(packed([...all, ...range(301, 310)], present)).toEqual(['update c 100']);
  expect(packed([...all, ...range(301, 361)], present)).toEqual(['create 61']);
});

test('a slice that nothing is left of goes; so far as it has room, another takes what is new', () => {
  const present = [slice('a', range(1, 10)), slice('b', range(101, 110))];
  expect(packed(range(1, 10), present)).toEqual(['delete b']);
  expect(packed([...range(2, 10), ...range(101, 110), endpoint(11)], present)).toEqual(['update a 10']);
});

test('a pod of the same name and address is changed in place; other labels of the Service are a change', () => {
  const again = { ...endpoint(2), targetRef: { ...endpoint(2).targetRef, uid: 'other' } } as Endpoint;
  expect(packed([endpoint(1), again], [slice('a', range(1, 2))])).toEqual(['update a 2']);
  expect(packed(range(1, 2), [slice('a', range(1, 2))], { team: 'x' })).toEqual(['update a 2']);
  const labels = { 'service.kubernetes.io/headless': '' };
  expect(packed(range(1, 2), [slice('a', range(1, 2))], labels)).toEqual([]);
});
