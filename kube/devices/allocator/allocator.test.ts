import { expect, test } from 'vitest';
import { AllocatedDevices } from '../allocated.ts';
import { allocate, ask, claim, devices, held, selecting, slice } from '../testing/devices.ts';
import type { Device } from '../types.ts';
import { Allocator } from './allocator.ts';

const named = (...names: string[]): Device[] => names.map((name) => ({ name }));
const of = (name: string, model: string): Device => ({ name, attributes: { model: { string: model } } });

test('devices are taken in the order of their pools, but those that others hold', () => {
  const slices = [slice('s', named('a', 'b', 'c'))];
  expect(devices(slices, claim([ask({ count: 2 })]), { held: [held('a')] })).toEqual(['r: b', 'r: c']);
  expect(devices(slices, claim([ask({ count: 3 })]), { held: [held('a')] })).toBe('');
  expect(devices(slices, claim([ask({ adminAccess: true })]), { held: [held('a')] })).toEqual(['r: a']);
  expect(devices(slices, claim([ask({ allocationMode: 'All' })]), { held: [held('a')] })).toBe('');
  expect(devices(slices, claim([ask({ allocationMode: 'All' })]))).toEqual(['r: a', 'r: b', 'r: c']);
});

test('the node tells which devices can be reached, and the allocation where they are', () => {
  const selector = (zone: string) => ({
    nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] },
  });
  expect(devices([slice('s', named('a'), { nodeName: 'n2' })], claim([ask()]))).toBe('');
  expect(devices([slice('s', named('a'), selector('y'))], claim([ask()]))).toBe('');
  const [inZone] = allocate([slice('s', named('a'), selector('z'))], [claim([ask()])]);
  expect(inZone).toMatchObject(selector('z'));
  const [anywhere] = allocate([slice('s', named('a'), { allNodes: true })], [claim([ask()])]);
  expect(anywhere).not.toHaveProperty('nodeSelector');
  const perDevice = slice(
    's',
    [
      { name: 'a', nodeName: 'n2' },
      { name: 'b', nodeName: 'n1' },
    ],
    { perDeviceNodeSelection: true },
  );
  const [onNode] = allocate([perDevice], [claim([ask()])]);
  expect(onNode).toMatchObject({
    devices: { results: [{ device: 'b' }] },
    nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }] },
  });
});

test('expressions of the request and of its class select, and errors of theirs end the search', () => {
  const slices = [slice('s', [of('a', 'x'), of('b', 'y')])];
  const classes = [
    { metadata: { name: 'mine' }, spec: { selectors: [{ cel: { expression: 'device.driver == "e"' } }] } },
  ];
  const model = 'device.attributes["d.example.com"].model';
  expect(devices(slices, claim([ask(selecting(`${model} == "y"`))]))).toEqual(['r: b']);
  expect(devices(slices, claim([ask({ deviceClassName: 'mine' })]), { classes })).toBe('');
  const fails = (expression: string) => () => devices(slices, claim([ask(selecting(expression))]));
  expect(fails('device.attributes["d.example.com"].none')).toThrow(
    'claim n/c: selector #0: CEL runtime error: no such key: none',
  );
  expect(fails(model)).toThrow('CEL result of type string could not be converted to bool');
  expect(fails('device.')).toThrow('claim n/c: selector #0: CEL compile error: compilation failed');
  expect(
    devices(slices, claim([ask(selecting('"e" in device.attributes || device.attributes["e"].size() > 0'))])),
  ).toBe('');
});

test('of alternatives the first that there is is taken, with its own configuration', () => {
  const slices = [slice('s', [of('a', 'x')])];
  const option = (name: string, model: string) => ({
    name,
    deviceClassName: 'any',
    allocationMode: 'ExactCount',
    count: 1,
    ...selecting(`device.attributes["d.example.com"].model == "${model}"`),
  });
  const config = ['r/large', 'r/small'].map((name) => ({ requests: [name], opaque: name }));
  const [found] = allocate(slices, [
    claim([{ name: 'r', firstAvailable: [option('large', 'y'), option('small', 'x')] }], { config }),
  ]);
  expect(found).toMatchObject({
    devices: {
      results: [{ request: 'r/small', device: 'a' }],
      config: [{ source: 'FromClaim', requests: ['r/small'], opaque: 'r/small' }],
    },
  });
});

test('constraints match devices, or keep them apart', () => {
  const slices = [slice('s', [of('a', 'x'), of('b', 'y'), of('c', 'y')])];
  const requests = [ask({}, 'p'), ask({}, 'q')];
  const attribute = 'd.example.com/model';
  expect(devices(slices, claim(requests, { constraints: [{ matchAttribute: attribute }] }))).toEqual(['p: b', 'q: c']);
  expect(devices(slices, claim(requests, { constraints: [{ distinctAttribute: attribute }] }))).toEqual([
    'p: a',
    'q: b',
  ]);
  const onlyQ = { constraints: [{ requests: ['q'], matchAttribute: attribute }] };
  expect(devices(slices, claim(requests, onlyQ))).toEqual(['p: a', 'q: b']);
  const all = claim([ask({ allocationMode: 'All' })], { constraints: [{ matchAttribute: attribute }] });
  expect(() => devices(slices, all)).toThrow('because a claim constraint would not be satisfied');
});

test('a device has no attribute or capacity but its own, whatever their names', () => {
  const constraints = [{ matchAttribute: 'd.example.com/constructor' }];
  expect(devices([slice('s', named('a'))], claim([ask()], { constraints }))).toBe('');
  const shared = { name: 'a', allowMultipleAllocations: true, capacity: { toString: { value: '10' } } };
  const [found] = allocate([slice('s', [shared])], [claim([ask({ capacity: { requests: {} } })])]);
  expect(found).toMatchObject({ devices: { results: [{ consumedCapacity: { toString: '10' } }] } });
});

test('taints keep devices from those that do not tolerate them', () => {
  const taints = [{ key: 'k', value: 'v', effect: 'NoExecute' }];
  const slices = [
    slice('s', [
      { name: 'a', taints },
      { name: 'b', taints: [{ key: 'k', effect: 'None' }] },
    ]),
  ];
  expect(devices(slices, claim([ask()]))).toEqual(['r: b']);
  const tolerations = [{ key: 'k', operator: 'Equal', value: 'v' }];
  const [found] = allocate(slices, [claim([ask({ tolerations })])]);
  expect(found).toMatchObject({ devices: { results: [{ device: 'a', tolerations }] } });
});

test('counters bound how many parts of a device are given out', () => {
  const pool = { name: 'pool', generation: 1, resourceSliceCount: 2 };
  const sets = slice('sets', [], {
    sharedCounters: [{ name: 'set', counters: { c: { value: '3' } } }],
    nodeName: 'n1',
    pool,
  });
  const part = (name: string, value: string): Device => ({
    name,
    consumesCounters: [{ counterSet: 'set', counters: { c: { value } } }],
  });
  const parts = slice('parts', [part('a', '2'), part('b', '2'), part('c', '1')], { nodeName: 'n1', pool });
  expect(devices([sets, parts], claim([ask({ count: 2 })]))).toEqual(['r: a', 'r: c']);
  expect(devices([sets, parts], claim([ask()]), { held: [held('a', {}, 'pool')] })).toEqual(['r: c']);
  const unknown = slice('parts', [{ ...part('a', '1'), consumesCounters: [{ counterSet: 'other', counters: {} }] }], {
    nodeName: 'n1',
    pool,
  });
  expect(devices([sets, unknown], claim([ask()]))).toBe('invalid resource pools were encountered');
});

test('shares of a device are rounded as its policy says, and end when there is no more', () => {
  const requestPolicy = { default: '1Gi', validRange: { min: '1Gi', step: '1Gi', max: '8Gi' } };
  const shared = { name: 'a', allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy } } };
  const slices = [slice('s', [shared])];
  const wanting = (memory: string) => ask({ capacity: { requests: { memory } } });
  const [found] = allocate(slices, [claim([wanting('3500Mi')])]);
  const result = { device: 'a', shareID: 'share', consumedCapacity: { memory: '4Gi' } };
  expect(found).toMatchObject({ devices: { results: [result] } });
  const taken = { shareID: 'x', consumedCapacity: { memory: '7Gi' } };
  expect(devices(slices, claim([wanting('3Gi')]), { held: [held('a', taken)] })).toEqual(['r: a']);
  expect(devices(slices, claim([wanting('4Gi')]), { held: [held('a', taken)] })).toBe('');
  expect(devices(slices, claim([wanting('9Gi')]))).toBe('');
  expect(devices(slices, claim([ask({ capacity: { requests: { other: '1' } } })]))).toBe('');
});

test('pools that are incomplete give nothing, and do not tell how many "all" are', () => {
  const pool = { name: 'pool', generation: 2, resourceSliceCount: 2 };
  const half = slice('s', named('a'), { nodeName: 'n1', pool });
  expect(devices([half], claim([ask()]))).toBe('');
  expect(() => devices([half], claim([ask({ allocationMode: 'All' })]))).toThrow(
    'claim n/c, request r: asks for all devices, but resource pool d.example.com/pool is currently being updated',
  );
  const other = slice('t', named('b'), { nodeName: 'n2', pool });
  expect(devices([half, other], claim([ask()]))).toEqual(['r: a']);
  const newer = slice('u', [], { nodeName: 'n2', pool: { ...pool, generation: 3 } });
  expect(devices([half, newer], claim([ask({ allocationMode: 'All' })]))).toBe('');
  const twice = slice('s', named('a', 'a'));
  expect(devices([twice], claim([ask()]))).toBe('invalid resource pools were encountered');
});

test('devices that have to be prepared come last, and a claim has at most 32', () => {
  const late: Device = { name: 'a', bindingConditions: ['ready'] };
  expect(devices([slice('a', [late]), slice('b', named('b'))], claim([ask()]))).toEqual(['r: b']);
  expect(() => devices([], claim([ask({ count: 33 })]))).toThrow(
    'claim n/c: number of requested devices 33 exceeds the claim limit of 32',
  );
});

test('the expressions of a request are evaluated once for a device that all nodes can reach', () => {
  let reads = 0;
  const device = {
    name: 'a',
    get attributes() {
      reads++;
      return {};
    },
  };
  const any = { metadata: { name: 'any' } };
  const allocator = new Allocator({
    slices: [slice('s', [device], { allNodes: true })],
    allocated: new AllocatedDevices(),
    classOf: () => any,
    uuid: () => 'share',
  });
  const none = claim([ask(selecting('device.driver == "none"'))]);
  for (const name of ['n1', 'n2', 'n3']) expect(allocator.allocate([none], { name, labels: {} })).toBe('');
  expect(reads).toBe(1);
});

test('a search that would end on each node is given up once it took too long on all of them', () => {
  const pairs = Array.from({ length: 16 }, (_, i) => of(`d${i}`, `m${i % 8}`));
  const constraints = [{ requests: ['b'], matchAttribute: 'd.example.com/model' }];
  const one = claim([ask({ count: 3 }, 'a'), ask({ count: 3 }, 'b')], { constraints });
  const nodes = Array.from({ length: 40 }, (_, i) => `n${i}`);
  const allocator = new Allocator({
    slices: nodes.map((nodeName) => slice(nodeName, pairs, { nodeName })),
    allocated: new AllocatedDevices(),
    classOf: () => ({ metadata: { name: 'any' } }),
    uuid: () => 'share',
  });
  const search = () => nodes.map((name) => allocator.allocate([one], { name, labels: {} }));
  expect(search).toThrow(/node n[1-9].*: timed out trying to allocate devices/);
  expect(allocator.effort.tried).toBeLessThan(1_010_000);
});

test('a search that would not end is given up', () => {
  const many = slice(
    's',
    Array.from({ length: 60 }, (_, i) => of(`d${i}`, `m${i}`)),
  );
  const one = claim([ask({ count: 10 })], { constraints: [{ requests: ['r'], matchAttribute: 'd.example.com/none' }] });
  expect(devices([many], one)).toBe('');
  const deep = claim([ask({ count: 30 }, 'a'), ask({ count: 2, ...selecting('false') }, 'b')]);
  expect(() => devices([many], deep)).toThrow('node n1: timed out trying to allocate devices');
});
