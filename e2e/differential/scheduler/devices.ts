/** Random devices, and claims for them. */
import type { Json } from '../mutations.ts';
import type { Generator } from './generate.ts';

const API = 'resource.k8s.io/v1';
const DRIVERS = ['a.example.com', 'b.example.com'];
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
  return Object.entries({ ...specs, b: selecting('device.driver == "b.example.com"') }).map(([name, spec]) => ({
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
  const name = where.nodeName ?? 'shared';
  const hasCounters = chance.often(30);
  const count = chance.often(90) ? 1 + Number(hasCounters) : 3;
  const slice = (i: number, spec: Json): Json => ({
    apiVersion: API,
    kind: 'ResourceSlice',
    metadata: { name: `${driver.slice(0, 1)}-${name}-${i}` },
    spec: { driver, pool: { name, generation: 1, resourceSliceCount: count }, ...where, ...spec },
  });
  const devices = times(chance.between(1, 3), (i) => device(chance, `d${i}`, hasCounters));
  if (!hasCounters) return [slice(0, { devices })];
  const sharedCounters = [{ name: 'set', counters: { units: { value: String(chance.between(1, 4)) } } }];
  return [slice(0, { devices }), slice(1, { sharedCounters })];
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
    ...(hasCounters
      ? { consumesCounters: [{ counterSet: 'set', counters: { units: { value: chance.one(['1', '2']) } } }] }
      : {}),
  };
}

export function deviceClaim(chance: Chance, name: string, namespace: string): Json {
  const requests = times(chance.one([1, 1, 2]), (i) =>
    chance.often(30)
      ? { name: `r${i}`, firstAvailable: times(2, (k) => ({ name: `o${k}`, ...wanted(chance) })) }
      : { name: `r${i}`, exactly: wanted(chance) },
  );
  const attribute = chance.one(['a.example.com/model', 'b.example.com/ok']);
  const constraints = [{ [chance.one(['matchAttribute', 'distinctAttribute'])]: attribute }];
  const config = [{ opaque: { driver: DRIVERS[1], parameters: { of: 'claim' } } }];
  const devices = {
    requests,
    ...(chance.often(30) ? { constraints } : {}),
    ...(chance.often(20) ? { config } : {}),
  };
  return { apiVersion: API, kind: 'ResourceClaim', metadata: { name, namespace }, spec: { devices } };
}

function wanted(chance: Chance): Json {
  const amount = chance.often(15) ? { allocationMode: 'All' } : { count: chance.one([1, 1, 1, 2, 3]) };
  return {
    deviceClassName: chance.one(['any', 'a', 'b']),
    ...amount,
    ...(chance.often(50) ? { selectors: [{ cel: { expression: chance.one(EXPRESSIONS) } }] } : {}),
    ...(chance.often(30) ? { tolerations: [{ key: 'k', operator: 'Exists' }] } : {}),
    ...(chance.often(25) ? { capacity: { requests: { memory: chance.one(['1', '2', '3']) } } } : {}),
  };
}

/** The allocated devices: `request: driver/pool/device` of each result, with the share that it takes. */
export function allocated(claim: Json | undefined): string[] {
  const results = (claim?.status?.allocation?.devices?.results ?? []) as Json[];
  return results.map(({ request, driver, pool, device: name, consumedCapacity }) =>
    [`${request}: ${driver}/${pool}/${name}`, consumedCapacity ? JSON.stringify(consumedCapacity) : '']
      .join(' ')
      .trim(),
  );
}

/** Upstream's nodes are looked at side by side: which of them has the error that ends it is chance. */
export function ofAnyNode(message: string): string {
  return message.replaceAll(/(resource pool|cannot add device) \S+/g, '$1 *');
}
