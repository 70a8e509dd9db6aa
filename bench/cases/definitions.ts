/**
 * A new kind until it is served; a custom resource with ten rules in CEL beside a built-in object of its size; and what
 * clients ask for first where a cluster has hundreds of definitions.
 */
import { call, must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { configMap } from './objects.ts';

const SECONDS = 4;
const MANY = 500;
const AT_ONCE = 10;
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = 'bench.example.com';
const MAPS = '/api/v1/namespaces/default/configmaps';

export async function definitionCase(targets: readonly Target[], islet: Target, runs: number): Promise<Figure[]> {
  const served = await inTurns(targets, runs, async (target) => ({ ms: await untilServed(target) }));
  const figures: Figure[] = [
    { case: 'a definition', what: 'until its kind is served', unit: 'ms', values: served('ms') },
  ];
  for (const target of targets) await must(target, 'POST', CRDS, definition('ruled', RULES));
  for (const target of targets) await answers(target, objectsOf('ruled'));
  const byCase: Figure['values'][] = [];
  for (const [name, path, object] of CREATES) {
    const of = await inTurns(targets, runs, (target) =>
      load(target, { connections: 1, seconds: SECONDS, path, script: creates(object) }),
    );
    figures.push({ case: `create: ${name}`, what: 'p50', unit: 'ms', values: of('p50') });
    figures.push({ case: `create: ${name}`, what: 'server CPU a request', unit: 'CPU ms', values: of('cpu') });
    byCase.push(of('p50'));
  }
  const [custom = {}, builtIn = {}] = byCase;
  const ratios = Object.entries(custom).map(([target, ms]) => [target, ms / (builtIn[target] ?? Number.NaN)]);
  figures.push({
    case: 'create: the former / the latter',
    what: 'p50',
    unit: 'count',
    values: Object.fromEntries(ratios),
  });
  for (let at = 0; at < MANY; at += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, i) => `many${at + i}`);
    await Promise.all(names.map((name) => must(islet, 'POST', CRDS, definition(name, []))));
  }
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const discovery = await inTurns([islet], runs, (target) =>
    load(target, { connections: 1, seconds: SECONDS, path: '/apis', script: '', accept }),
  );
  figures.push({ case: `discovery of ${MANY} definitions`, what: 'p50', unit: 'ms', values: discovery('p50') });
  return figures;
}

let made = 0;

async function untilServed(target: Target): Promise<number> {
  const name = `new${++made}`;
  const start = performance.now();
  await must(target, 'POST', CRDS, definition(name, []));
  await answers(target, objectsOf(name));
  return performance.now() - start;
}

async function answers(target: Target, path: string): Promise<void> {
  while ((await call(target, 'GET', path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 2));
}

const objectsOf = (name: string): string => `/apis/${GROUP}/v1/namespaces/default/${name}s`;

const text = { type: 'string', maxLength: 1000 };
const RULES = [
  'self.replicas >= 0',
  'self.replicas <= self.limit',
  "self.name.matches('^[a-z][a-z0-9-]*$')",
  "!self.name.startsWith('kube-')",
  'self.text.size() <= 1000',
  'has(self.items) && self.items.size() <= 10',
  'self.items.all(item, item.weight >= 0)',
  "self.items.exists(item, item.name == 'a')",
  'self.items.map(item, item.weight).sum() <= 100',
  "self.mode in ['fast', 'slow']",
];

function definition(name: string, rules: readonly string[]): object {
  const item = { type: 'object', properties: { name: { type: 'string', maxLength: 63 }, weight: { type: 'integer' } } };
  const spec = {
    type: 'object',
    properties: {
      name: text,
      text,
      mode: text,
      replicas: { type: 'integer' },
      limit: { type: 'integer' },
      items: { type: 'array', maxItems: 10, items: item },
    },
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules.map((rule) => ({ rule })) }),
  };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${name}s.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: `${name}s`, singular: name, kind: `${name[0]?.toUpperCase()}${name.slice(1)}` },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const RULED = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Ruled',
  metadata: { name: 'NAME', namespace: 'default', labels: { app: 'bench' } },
  spec: {
    name: 'bench',
    text: 'x'.repeat(500),
    mode: 'fast',
    replicas: 3,
    limit: 5,
    items: [
      { name: 'a', weight: 1 },
      { name: 'b', weight: 2 },
      { name: 'c', weight: 3 },
    ],
  },
};

const CREATES: readonly [name: string, path: string, object: object][] = [
  ['a custom resource with ten rules', objectsOf('ruled'), RULED],
  ['a ConfigMap of its size', MAPS, configMap('NAME')],
];

let batch = 0;

/** A different name in each request. */
function creates(object: object): string {
  return `
local n = 0
local body = [==[${JSON.stringify(object)}]==]
wrk.headers['Content-Type'] = 'application/json'
request = function()
  n = n + 1
  return wrk.format('POST', nil, nil, (body:gsub('NAME', 'made-${++batch}-' .. n)))
end`;
}
