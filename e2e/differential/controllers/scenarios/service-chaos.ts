/**
 * Services of changing types whose selectors overlap and are large, over pods of random statuses, which come, go, and change their labels
 * and addresses. A seed makes the same sequence again.
 */
import type { Json } from '../../mutations.ts';
import type { Place, Scenario, Step } from '../scenario.ts';

type Random = () => number;

/** mulberry32 */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const one = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
const maybe = <T>(random: Random, chance: number, value: T): T | undefined => (random() < chance ? value : undefined);

const PODS = Array.from({ length: 8 }, (_, at) => `p${at}`);
const SERVICES = ['web', 'api', 'both', 'large', 'ports'];
/** As many labels as an object may reasonably have. */
const LARGE = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`large.example.com/l${at}`, `v${at}`]));

function pod(name: string, random: Random): Json {
  const ports = [
    { name: 'http', containerPort: one(random, [8080, 9090]) },
    ...(random() < 0.3 ? [{ name: 'dns', containerPort: 5353, protocol: one(random, ['UDP', 'TCP']) }] : []),
  ];
  const annotations = { 'suite/run': 'pending', 'suite/stay': 'true' };
  const finalizers = random() < 0.5 ? ['example.com/hold'] : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations, labels: labels(random), finalizers },
    spec: {
      nodeName: one(random, ['NAMESPACE-n1', 'NAMESPACE-n2']),
      containers: [{ name: 'app', image: 'app:1', ports }],
      ...(random() < 0.3 ? { hostname: `h-${name}`, subdomain: one(random, SERVICES) } : {}),
    },
  };
}

function labels(random: Random): Record<string, string> {
  return {
    app: one(random, ['web', 'api']),
    tier: one(random, ['a', 'b']),
    ...(random() < 0.4 ? LARGE : {}),
  };
}

function status(name: string, random: Random): Json {
  const last = Number(name.slice(1)) + 1;
  const phase = one(random, ['Pending', 'Running', 'Running', 'Running', 'Unknown', 'Failed', 'Succeeded']);
  const some = one(random, [[], [`10.3.0.${last}`], [`10.3.1.${last}`, `fd00::${last}`], [`fd00::${last}`]]);
  // Upstream's endpoints learn of an end by what else changes with it.
  const ips = phase === 'Failed' || phase === 'Succeeded' ? [] : some;
  const ready = one(random, ['True', 'False', 'Unknown', undefined]);
  return {
    phase,
    podIP: ips[0] ?? null,
    podIPs: ips.length > 0 ? ips.map((ip) => ({ ip })) : null,
    conditions: ready ? [{ type: 'Ready', status: ready }] : null,
  };
}

function spec(name: string, random: Random): Json {
  const selectors: Record<string, Json> = {
    web: { app: 'web' },
    api: { app: 'api', tier: 'a' },
    both: { tier: one(random, ['a', 'b']) },
    large: LARGE,
    ports: { app: one(random, ['web', 'api']) },
  };
  const named = { name: 'http', port: 80, targetPort: one<Json>(random, ['http', 8080]) };
  const dns = { name: 'dns', port: 53, protocol: one(random, ['UDP', 'TCP']), targetPort: 'dns' };
  return {
    selector: selectors[name],
    ports: name === 'ports' || random() < 0.3 ? [named, dns] : [named],
    publishNotReadyAddresses: random() < 0.3,
    trafficDistribution: maybe(random, 0.3, one(random, ['PreferSameZone', 'PreferSameNode'])) ?? null,
  };
}

/** Another type, with what it needs; not every one may become every other. */
function typed(random: Random): Json {
  const type = one(random, ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']);
  const external = type === 'ExternalName';
  return {
    type,
    externalName: external ? 'example.com' : null,
    ...(external || random() < 0.2 ? { clusterIP: null, clusterIPs: null } : {}),
    ...(random() < 0.2 ? { clusterIP: 'None', clusterIPs: ['None'] } : {}),
    ...(random() < 0.3 ? { externalTrafficPolicy: one(random, ['Local', 'Cluster']) } : {}),
    ...(random() < 0.2 ? { selector: null } : {}),
  };
}

interface Request {
  method: string;
  path: string;
  body?: Json;
  type?: string;
}

function request(random: Random): Request {
  const name = one(random, PODS);
  const service = one(random, SERVICES);
  const type = 'application/merge-patch+json';
  const choices: (() => Request)[] = [
    () => ({ method: 'POST', path: 'pods', body: pod(name, random) }),
    () => ({ method: 'PATCH', path: `pods/${name}/status`, body: { status: status(name, random) }, type }),
    () => ({ method: 'PATCH', path: `pods/${name}/status`, body: { status: status(name, random) }, type }),
    () => ({ method: 'PATCH', path: `pods/${name}`, body: { metadata: { labels: labels(random) } }, type }),
    () => ({ method: 'DELETE', path: `pods/${name}`, body: { gracePeriodSeconds: one(random, [0, 30]) } }),
    () => ({ method: 'PATCH', path: `pods/${name}`, body: { metadata: { finalizers: null } }, type }),
    () => ({ method: 'PATCH', path: `services/${service}`, body: { spec: spec(service, random) }, type }),
    () => ({ method: 'PATCH', path: `services/${service}`, body: { spec: typed(random) }, type }),
    () => ({
      method: 'PATCH',
      path: `services/${service}`,
      body: { metadata: { labels: { l: one(random, ['x', 'y']) } } },
      type,
    }),
  ];
  return one(random, choices)();
}

/** No Service twice: whether a controller sees the state between depends on time. */
function round(random: Random): Request[] {
  const requests = Array.from({ length: 6 }, () => request(random));
  const isRepeated = ({ path }: Request, at: number) =>
    path.startsWith('services/') && requests.findIndex((other) => other.path === path) !== at;
  return requests.filter((one, at) => !isRepeated(one, at));
}

async function sendAll({ side, namespace }: Place, requests: readonly Request[]): Promise<void> {
  for (const { method, path, body, type } of requests) {
    const sent = body && JSON.parse(JSON.stringify(body).replaceAll('NAMESPACE', namespace));
    // Some are refused: on both sides.
    await side.send(method, `/api/v1/namespaces/${namespace}/${path}`, sent, type);
  }
}

function step(name: string, requests: readonly Request[]): Step {
  return {
    name: `${name}: ${requests.map(({ method, path }) => `${method} ${path}`).join(', ')}`,
    run: (place) => sendAll(place, requests),
  };
}

function chaos(seed: number): Scenario {
  const random = seeded(seed);
  const zone = { metadata: { labels: { 'topology.kubernetes.io/zone': 'one' } } };
  const first: Request[] = [
    ...SERVICES.map((name) => ({
      method: 'POST',
      path: 'services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { ...spec(name, random), ...(random() < 0.3 ? { clusterIP: 'None' } : {}) },
      },
    })),
    ...PODS.flatMap((name) => [
      { method: 'POST', path: 'pods', body: pod(name, random) },
      {
        method: 'PATCH',
        path: `pods/${name}/status`,
        body: { status: status(name, random) },
        type: 'application/merge-patch+json',
      },
    ]),
  ];
  const zoned: Step = {
    name: 'one node has a zone',
    async run({ side, namespace }) {
      await side.must('PATCH', `/api/v1/nodes/${namespace}-n1`, zone, 'application/merge-patch+json');
    },
  };
  const rounds = Array.from({ length: 12 }, (_, at) => step(`round ${at + 1}`, round(random)));
  return { name: `svc-chaos-${seed}`, nodes: 2, steps: [zoned, step('start', first), ...rounds] };
}

export const serviceChaos: Scenario[] = [1, 2, 3].map(chaos);
