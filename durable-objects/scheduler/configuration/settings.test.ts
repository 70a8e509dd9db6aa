import { expect, test } from 'vitest';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, snapshotOf } from '../testing/objects.ts';
import { ConfigurationError } from './decode.ts';
import { DEFAULT_SETTINGS, parseSettings } from './settings.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

function profilesOf(text: string) {
  return [...parseSettings(HEAD + text).profiles.values()];
}

function problemOf(text: string, head = HEAD): string {
  try {
    parseSettings(head + text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

const names = (plugins: readonly { name: string }[] = []) => plugins.map(({ name }) => name);

test('without a profile there is the default one, with its plugins in their order', () => {
  const [profile] = profilesOf('');
  const [standard] = DEFAULT_SETTINGS.profiles.values();
  expect(profile?.schedulerName).toBe('default-scheduler');
  for (const [point, plugins] of Object.entries(standard?.points ?? {})) {
    expect([point, names(profile?.points[point as 'filter'])]).toEqual([point, names(plugins)]);
  }
  expect(profile?.weights).toMatchObject(standard?.weights ?? {});
});

test('a profile leaves plugins out, at one point or at all, and weighs them anew', () => {
  const [profile] = profilesOf(`
profiles:
- schedulerName: packed
  percentageOfNodesToScore: 30
  plugins:
    multiPoint:
      enabled: [{name: ImageLocality, weight: 7}]
      disabled: [{name: PodTopologySpread}]
    score:
      enabled: [{name: TaintToleration, weight: 9}, {name: NodeAffinity}]
      disabled: [{name: NodeResourcesFit}]
    filter: {disabled: [{name: '*'}], enabled: [{name: NodeName}, {name: NodePorts}]}
`);
  const { points, weights, percentageOfNodesToScore } = profile ?? {};
  expect(percentageOfNodesToScore).toBe(30);
  expect(names(points?.filter)).toEqual(['NodeName', 'NodePorts']);
  expect(names(points?.preFilter)).not.toContain('PodTopologySpread');
  expect(names(points?.preFilter)).toContain('InterPodAffinity');
  // Those that the point names come first, the others in their order.
  expect(names(points?.score)).toEqual([
    'TaintToleration',
    'NodeAffinity',
    'InterPodAffinity',
    'DynamicResources',
    'NodeResourcesBalancedAllocation',
    'ImageLocality',
  ]);
  expect(weights).toMatchObject({ TaintToleration: 9, NodeAffinity: 1, ImageLocality: 7, InterPodAffinity: 2 });
});

test('back-off and several profiles', () => {
  const settings = parseSettings(`${HEAD}
podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 5
leaderElection: {leaderElect: false}
profiles: [{schedulerName: a}, {schedulerName: b}]
`);
  expect(settings.backOff).toEqual({ initial: 2000, max: 5000 });
  expect([...settings.profiles.keys()]).toEqual(['a', 'b']);
});

test('extenders: those that may be ignored come last, and plugins leave their resources alone', () => {
  const { extenders, profiles } = parseSettings(`${HEAD}
extenders:
- {urlPrefix: "https://a", ignorable: true, filterVerb: f, enableHTTPS: true}
- urlPrefix: https://b
  bindVerb: bind
  httpTimeout: 1500ms
  nodeCacheCapable: true
  managedResources: [{name: example.com/x, ignoredByScheduler: true}, {name: example.com/y}]
  tlsConfig: {serverName: s, caData: ${btoa('ca')}, certData: ${btoa('cert')}, keyData: ${btoa('key')}}
`);
  expect(extenders).toEqual([
    {
      urlPrefix: 'https://b',
      verbs: { bind: 'bind' },
      weight: 0,
      timeoutMs: 1500,
      nodeCacheCapable: true,
      managedResources: new Set(['example.com/x', 'example.com/y']),
      ignorable: false,
      tls: { caBundle: 'ca', serverName: 's', client: { cert: 'cert', key: 'key' } },
    },
    expect.objectContaining({ urlPrefix: 'https://a', timeoutMs: 5000, ignorable: true, tls: { insecure: true } }),
  ]);
  const [profile] = profiles.values();
  const asking = (name: string) =>
    ({
      spec: { containers: [{ name: 'c', resources: { requests: { [name]: '1' } } }] },
      metadata: { name: 'p', namespace: 'd' },
    }) as never;
  const snapshot = snapshotOf([node('n')]);
  const fits = (name: string) =>
    'node' in schedule(asking(name), snapshot, NO_CHANCE, { ...(profile ? { profile } : {}) });
  expect(['example.com/x', 'example.com/y'].map(fits)).toEqual([true, false]);
});

const config = (name: string, args: string) => `profiles: [{pluginConfig: [{name: ${name}, args: ${args}}]}]`;
const AT = 'profiles[0].pluginConfig[0].args';

test.each<[string, string]>([
  ['profiles: [{schedulerName: a}, {}]', 'profiles[1].schedulerName: Required value'],
  [
    'profiles: [{schedulerName: a}, {schedulerName: a}]',
    'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
  ],
  ['percentageOfNodesToScore: 101', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
  [
    'podMaxBackoffSeconds: 0',
    'podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds',
  ],
  [
    'extenders: [{urlPrefix: "http://x", prioritizeVerb: p}]',
    'extenders[0].weight: Invalid value: 0: must have a positive weight applied to it',
  ],
  [
    'extenders: [{bindVerb: b}, {bindVerb: b}]',
    'extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind',
  ],
  [
    'extenders: [{managedResources: [{name: example.com/a}, {name: cpu}, {name: example.com/a}]}]',
    '[extenders[0].managedResources[1].name: Invalid value: "cpu": is an invalid extended resource name, ' +
      'extenders[0].managedResources[2].name: Invalid value: "example.com/a": duplicate extender managed resource name]',
  ],
  [
    'extenders: [{tlsConfig: {caFile: /ca.crt}}]',
    'extenders[0].tlsConfig.caFile: Forbidden: there are no files here: give its content in caData',
  ],
  [
    'extenders: [{tlsConfig: {caData: YQ==, insecure: true}}]',
    "couldn't build extenders: specifying a root certificates file with the insecure flag is not allowed",
  ],
  ['extenders: [{url: x}]', 'strict decoding error: unknown field "extenders[0].url"'],
  ['profile: []', 'strict decoding error: unknown field "profile"'],
  ['parallelism: 4\nparallelism: 5', 'strict decoding error: line 4: key "parallelism" already set in map'],
  [
    'profiles: [{plugins: {score: {enabled: [{name: Foo}]}}}]',
    'initializing profiles: creating profile for scheduler name default-scheduler: ScorePlugin "Foo" does not exist',
  ],
  [
    'profiles: [{plugins: {score: {enabled: [{name: NodeName}]}}}]',
    'initializing profiles: creating profile for scheduler name default-scheduler: plugin "NodeName" does not extend ScorePlugin plugin',
  ],
  [
    'profiles: [{plugins: {preScore: {enabled: [{name: ImageLocality}]}}}]',
    'initializing profiles: creating profile for scheduler name default-scheduler: plugin "ImageLocality" does not extend PreScorePlugin plugin',
  ],
  [
    'profiles: [{plugins: {bind: {disabled: [{name: "*"}]}}}]',
    'initializing profiles: creating profile for scheduler name default-scheduler: at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
  ],
  [
    config('NodeResourcesFit', '{scoringStrategy: {type: Best}}'),
    `${AT}.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`,
  ],
  [
    config('NodeResourcesFit', '{scoringStrategy: {type: RequestedToCapacityRatio}}'),
    `${AT}.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
  ],
  [
    config('NodeResourcesFit', '{strategy: {}}'),
    'decoding .profiles[0].pluginConfig[0]: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "strategy"',
  ],
  [
    config('InterPodAffinity', '{hardPodAffinityWeight: 200}'),
    `${AT}.hardPodAffinityWeight: Invalid value: 200: not in valid range [0, 100]`,
  ],
  [
    config(
      'PodTopologySpread',
      '{defaultConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]}',
    ),
    `${AT}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`,
  ],
  [
    config('DynamicResources', '{bindingTimeout: 500ms}'),
    `${AT}.bindingTimeout: Invalid value: "500ms": must be at least 1 second`,
  ],
  [
    config('DynamicResources', '{filterTimeout: -1s}'),
    `${AT}.filterTimeout: Invalid value: "-1s": must be zero or positive`,
  ],
  [
    config('DefaultPreemption', '{minCandidateNodesPercentage: -1}'),
    `${AT}.minCandidateNodesPercentage: Invalid value: -1: not in valid range [0, 100]`,
  ],
])('%s is refused', (text, expected) => {
  expect(problemOf(text)).toBe(expected);
});

test('a text that is none, and another kind, are refused', () => {
  expect(problemOf('a: [', '')).toContain('error converting YAML to JSON');
  expect(problemOf('just text', '')).toContain("couldn't get version/kind");
  expect(problemOf('', HEAD.replace('v1', 'v1beta3'))).toContain(
    'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3"',
  );
});
