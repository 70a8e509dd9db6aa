/** Random devices, and claims for them. */
import type { Json } from '../mutations.ts';
import type { Generator } from './generate.ts';

const API = 'resource.k8s.io/v1';
const DRIVERS = ['a.example.com', 'b.example.com'];
/** A resource that some nodes have themselves, and that devices of class `b` are in place of on others. */
export const EXTENDED = 'example.com/dev';
const MODEL = 'device.attributes["a.example.com"].?model.orValue("")';
const EXPRESSIONS = [
  `${MODEL} == "x"`,
  `${MODEL} != "y"`,
  'device.attributes["a.example.com"].model == "x"',
  'device.attributes["b.example.com"].ok',
  'has(device.attributes["b.example.com"].ok) && device.attributes["b.example.com"].ok',
  '"memory" in device.capacity[device.driver]',
  'device.capacity[device.driver].memory.isGreaterThan(quantity("2"))',
  'device.allowMultipleAllocations',
];

type Chance = Pick<Generator, 'one' | 'often' | 'between'>;

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

export function deviceClasses(): Json[] {
  const selecting = (expression: string) => ({ selectors: [{ cel: { expression } }] });
  const config = [{ opaque: { driver: DRIVERS[0], parameters: { of: 'class' } } }];
  const specs = { any: {}, a: { ...selecting('device.driver == "a.example.com"'), config } };
  const b = { ...selecting('device.driver == "b.example.com"'), extendedResourceName: EXTENDED };
  return Object.entries({ ...specs, b }).map(([name, spec]) => ({
    apiVersion: API,
    kind: 'DeviceClass',
    metadata: { name },
    spec,
  }));
}

/** Of nodes `n1` and so on. */
export function deviceSlices(chance: Chance, nodes: number): Json[] {
  const pools = times(nodes, (i) => ({ nodeName: `n${i + 1}` }));
  return DRIVERS.flatMap((driver) => {
    const own: Json[] = pools.filter(() => chance.often(70));
    if (chance.often(40)) own.push(everywhere(chance));
    return own.flatMap((spec) => pool(chance, driver, spec));
  });
}

function everywhere(chance: Chance): Json {
  if (chance.often(50)) return { allNodes: true };
  const matchExpressions = [{ key: 'disk', operator: chance.one(['Exists', 'DoesNotExist']) }];
  return { nodeSelector: { nodeSelectorTerms: [{ matchExpressions }] } };
}

function pool(chance: Chance, driver: string, where: Json): Json[] {
  const hasCounters = chance.often(30);
  // Upstream takes counters of two drivers' pools that have one name for the same.
  const name = `${where.nodeName ?? 'shared'}${hasCounters ? `-${driver.slice(0, 1)}` : ''}`;
  const count = chance.often(90) ? 1 + Number(hasCounters) : 3;
  const isByDevice = where.nodeName === undefined && chance.often(30);
  const place = isByDevice ? { perDeviceNodeSelection: true } : where;
  const slice = (i: number, spec: Json): Json => ({
    apiVersion: API,
    kind: 'ResourceSlice',
    metadata: { name: `${driver.slice(0, 1)}-${name}-${i}` },
    spec: { driver, pool: { name, generation: 2, resourceSliceCount: count }, ...place, ...spec },
  });
  const devices = times(chance.between(1, 3), (i) => ({
    ...device(chance, `d${i}`, hasCounters),
    ...(isByDevice ? chance.one<Json>([{ allNodes: true }, { nodeName: `n${chance.between(1, 3)}` }, where]) : {}),
  }));
  // Devices of a generation that another one has taken the place of.
  const old = slice(9, { devices: [{ name: 'old' }], ...(isByDevice ? where : {}) });
  delete old.spec.perDeviceNodeSelection;
  old.spec.pool = { name, generation: 1, resourceSliceCount: 1 };
  const slices = chance.often(15) ? [old, slice(0, { devices })] : [slice(0, { devices })];
  if (!hasCounters) return slices;
  const units = (): Json => ({ value: String(chance.between(1, 4)) });
  const sharedCounters = [
    { name: 'set', counters: { units: units(), more: units() } },
    { name: 'other', counters: { units: units() } },
  ];
  return [...slices, slice(1, { sharedCounters })];
}

function consumed(chance: Chance): Json {
  const value = (): Json => ({ value: chance.one(['1', '2']) });
  const set = { counterSet: 'set', counters: { units: value(), ...(chance.often(30) ? { more: value() } : {}) } };
  const other = { counterSet: 'other', counters: { units: value() } };
  return chance.one<Json>([[set], [set], [other], [set, other]]);
}

function device(chance: Chance, name: string, hasCounters: boolean): Json {
  const isShared = chance.often(30);
  const requestPolicy = chance.one<Json>([
    { default: '1', validRange: { min: '1', step: '1', max: '4' } },
    { default: '2', validValues: ['1', '2', '4'] },
  ]);
  const memory = { value: chance.one(['4', '8']), ...(isShared && chance.often(60) ? { requestPolicy } : {}) };
  return {
    name,
    attributes: {
      ...(chance.often(70) ? { 'a.example.com/model': { string: chance.one(['x', 'y']) } } : {}),
      ...(chance.often(50) ? { 'b.example.com/ok': { bool: chance.often(50) } } : {}),
    },
    ...(chance.often(60) ? { capacity: { memory } } : {}),
    ...(isShared ? { allowMultipleAllocations: true } : {}),
    ...(chance.often(15) ? { taints: [{ key: 'k', value: 'v', effect: chance.one(['NoSchedule', 'None']) }] } : {}),
    ...(chance.often(10) ? { bindsToNode: true } : {}),
    ...(hasCounters ? { consumesCounters: consumed(chance) } : {}),
  };
}

export function deviceClaim(chance: Chance, name: string, namespace: string): Json {
  const requests = times(chance.one([1, 1, 2, 3]), (i) =>
    chance.often(30)
      ? { name: `r${i}`, firstAvailable: times(2, (k) => ({ name: `o${k}`, ...wanted(chance) })) }
      : { name: `r${i}`, exactly: wanted(chance) },
  );
  const attribute = chance.one(['a.example.com/model', 'b.example.com/ok']);
  const constraints = times(chance.one([1, 1, 2]), () => ({
    [chance.one(['matchAttribute', 'distinctAttribute'])]: attribute,
    ...(chance.often(30) ? { requests: [chance.one(requests).name] } : {}),
  }));
  const config = [{ opaque: { driver: DRIVERS[1], parameters: { of: 'claim' } } }];
  const devices = {
    requests,
    ...(chance.often(30) ? { constraints } : {}),
    ...(chance.often(20) ? { config } : {}),
  };
  return { apiVersion: API, kind: 'ResourceClaim', metadata: { name, namespace }, spec: { devices } };
}

function wanted(chance: Chance): Json {
  const sharesAll = chance.often(8) ? { adminAccess: true } : {};
  const amount = chance.often(15) ? { allocationMode: 'All' } : { count: chance.one([1, 1, 1, 2, 3]) };
  return {
    deviceClassName: chance.one(['any', 'a', 'b']),
    ...sharesAll,
    ...amount,
    ...(chance.often(50) ? { selectors: [{ cel: { expression: chance.one(EXPRESSIONS) } }] } : {}),
    ...(chance.often(30) ? { tolerations: [{ key: 'k', operator: 'Exists' }] } : {}),
    ...(chance.often(25) ? { capacity: { requests: { memory: chance.one(['1', '2', '3']) } } } : {}),
  };
}

/** The allocated devices: `request: driver/pool/device` of each result, with the share that it takes. */
export function allocated(claim: Json | undefined): string[] {
  const results = (claim?.status?.allocation?.devices?.results ?? []) as Json[];
  return results.map(({ request, driver, pool, device: name, consumedCapacity, adminAccess }) =>
    [
      `${request}: ${driver}/${pool}/${name}${adminAccess ? ' for its administrator' : ''}`,
      consumedCapacity ? JSON.stringify(consumedCapacity) : '',
    ]
      .join(' ')
      .trim(),
  );
}

/** Upstream's nodes are looked at side by side: which of them has the error that ends it is chance. */
export function ofAnyNode(message: string): string {
  return message.replaceAll(/(resource pool|cannot add device) \S+/g, '$1 *');
}
