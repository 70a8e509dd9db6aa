/**
 * Makes `kube/generated/types.ts` from published sources: the Go type declarations of `k8s.io/api` and its siblings
 * (fields, types, required, list types and keys, patch keys, defaults, protobuf numbers), of the types that
 * `@kubernetes/client-node` publishes. Facts only; descriptions are taken from there when assets are built.
 *
 * Run: `node scripts/generate/main.ts` (Node 24, Go in the PATH).
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPublishedModels } from './published-models.ts';
import { openSources, RELEASE } from './sources.ts';
import { isKind, modelPackage, type TypeRef, typeLine } from './type-lines.ts';

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1';
const METRICS = 'k8s.io/metrics/pkg/apis/metrics/v1beta1';
const EXTRA: TypeRef[] = [
  ...['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'DeleteOptions', 'Status', 'WatchEvent'].map(
    (name) => ({ path: META, name }),
  ),
  { path: 'k8s.io/apimachinery/pkg/version', name: 'Info' },
  { path: 'k8s.io/api/apidiscovery/v2', name: 'APIGroupDiscoveryList' },
  ...['NodeMetrics', 'NodeMetricsList', 'PodMetrics', 'PodMetricsList'].map((name) => ({ path: METRICS, name })),
];

const sources = openSources();
const models = openPublishedModels();
const wanted = new Map<string, Set<string>>();
const queue: TypeRef[] = [];

function want(ref: TypeRef): void {
  const names = wanted.get(ref.path) ?? new Set();
  wanted.set(ref.path, names);
  if (names.has(ref.name)) return;
  names.add(ref.name);
  queue.push(ref);
}

for (const path of apiPackages()) {
  const goPackage = sources.goPackage(path);
  for (const type of goPackage?.types.values() ?? []) {
    if (isKind(type) && models.find(`${modelPackage(path)}.${type.name}`)) want({ path, name: type.name });
  }
}
for (const ref of EXTRA) want(ref);

const enums = new Map<string, string[]>();
const writer = {
  sources,
  seen: want,
  enumSeen: (name: string, values: string[]): void => void enums.set(name, values),
};
const lines = new Map<string, string>();
for (let ref = queue.shift(); ref; ref = queue.shift()) {
  const goPackage = sources.goPackage(ref.path);
  const type = goPackage?.types.get(ref.name);
  if (!goPackage || !type) throw new Error(`${ref.path}.${ref.name} is not there`);
  lines.set(`${ref.path}.${ref.name}`, typeLine(writer, goPackage, type));
}

const text: string[] = [];
for (const path of [...wanted.keys()].sort()) {
  text.push(`@${modelPackage(path)} ${sources.goPackage(path)?.groupName ?? ''}`.trimEnd());
  for (const name of [...(wanted.get(path) ?? [])].sort()) text.push(lines.get(`${path}.${name}`) ?? '');
}
const body = text.join('\n');
if (/[`\\]|\$\{/.test(body)) throw new Error('a line holds a character that a template literal cannot');

writeFileSync(
  fileURLToPath(new URL('../../kube/generated/types.ts', import.meta.url)),
  `/**
 * Facts about the built-in types of Kubernetes ${RELEASE}. Made by scripts/generate/main.ts; not edited by hand.
 *
 * \`@package group\` opens a package; each line beneath is a type: \`Name=field field …\`, \`~\` before it: atomic.
 * A field is \`name\` \`!\` (required) \`+\` (printed even when it was not given), \`-\` (likewise, as
 * null) or \`*\` (printed even when empty),
 * \`:type\` \`@number/within\` (protobuf, \`&\`: written even when it was not given; and what Go inlines) \`^strategies|mergeKey\` \`=default\`; \`%\` stands for kind and apiVersion.
 * Types: s string, b boolean, i int32, l int64, d double, o int-or-string, q quantity, t time, m micro-time, u duration, y bytes,
 * a any, (Go name) after it;
 * \`[a\` \`[s\` \`[m(keys)\` a list, \`{\` a map (after it \`<the Go type of its keys>\`, after \`[\` \`<that of the list>\`), \`>Name;\` a struct, \`~\` atomic, \`!\` not atomic though the type is.
 */
export const TYPES = \`
${body}
\`;
`,
);
const enumLines = [...enums].sort().map(([name, values]) => `${name}=${values.join(',')}`);
writeFileSync(
  fileURLToPath(new URL('../../kube/generated/enums.ts', import.meta.url)),
  `/**
 * The values of the scalar types that have a closed set of them. Made by scripts/generate/main.ts; not edited by hand.
 * Read when OpenAPI documents are built, never at run time.
 */
export const ENUMS = \`
${enumLines.join('\n')}
\`;
`,
);
console.log(`${lines.size} types, ${body.length} bytes`);

/** Import paths of all packages that hold versioned API types. */
function apiPackages(): string[] {
  const root = sources.moduleFolder('api');
  const paths: string[] = [];
  for (const group of readdirSync(root, { withFileTypes: true })) {
    if (!group.isDirectory()) continue;
    for (const version of readdirSync(join(root, group.name))) {
      if (/^v\d/.test(version)) paths.push(`k8s.io/api/${group.name}/${version}`);
    }
  }
  return [
    ...paths,
    'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1',
    'k8s.io/kube-aggregator/pkg/apis/apiregistration/v1',
  ];
}
