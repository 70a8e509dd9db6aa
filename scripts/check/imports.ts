/**
 * Holds the direction of imports between packages (docs/ARCHITECTURE.md): arrows point one way.
 * `node scripts/check/imports.ts` prints each import that crosses a wall and exits 1.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = ['kube', 'wire', 'worker', 'durable-objects', 'agent', 'web', 'cli', 'testing'];

/** Small things that every part of the agent uses. */
const AGENT_BASE = ['agent/log.ts', 'agent/clock.ts', 'agent/back-off.ts', 'agent/files'];

/** A folder, and what its files may import of ours beside itself, `kube` and `wire`. The longest match counts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kube: [],
  wire: [],
  worker: [
    'durable-objects/cluster.ts',
    'durable-objects/account.ts',
    'durable-objects/address.ts',
    'durable-objects/device-grant.ts',
    'durable-objects/identity.ts',
    'durable-objects/stream-session.ts',
  ],
  'durable-objects': ['durable-objects'],
  'durable-objects/store': [],
  'durable-objects/apiserver': ['durable-objects/store'],
  'durable-objects/controllers': ['durable-objects/follow'],
  'durable-objects/definitions': [],
  'durable-objects/follow': [],
  'durable-objects/scheduler': ['durable-objects/follow'],
  'durable-objects/nodes': ['durable-objects/follow'],
  'durable-objects/history': ['durable-objects/store', 'durable-objects/apiserver', 'durable-objects/trace'],
  'durable-objects/metering': ['durable-objects/store'],
  'durable-objects/trace': [],
  'durable-objects/streams': [],
  'durable-objects/tenancy': [],
  agent: [],
  'agent/files': [],
  'agent/spdy': [],
  'agent/api': AGENT_BASE,
  'agent/runtimes': [...AGENT_BASE, 'agent/spdy'],
  'agent/network': [...AGENT_BASE, 'agent/runtimes'],
  'agent/volumes': AGENT_BASE,
  'agent/streams': [...AGENT_BASE, 'agent/api', 'agent/runtimes', 'agent/spdy'],
  'agent/kubelet': [...AGENT_BASE, 'agent/api', 'agent/runtimes', 'agent/network', 'agent/volumes', 'agent/streams'],
  web: [],
  cli: ['agent'],
  testing: ['cli/local'],
};

/** The types of the ports that the cluster hands to everything that acts on it. */
const PORT_TYPES = 'durable-objects/controllers/runtime/';
const PORT_USERS = [
  'durable-objects/follow',
  'durable-objects/scheduler',
  'durable-objects/nodes',
  'durable-objects/trace',
];

/** kube/ is pure; only Node's own programs may use Node. */
const FORBIDDEN_MODULES: readonly { folder: string; pattern: RegExp }[] = [
  { folder: 'kube', pattern: /^(node|cloudflare):/ },
  { folder: 'wire', pattern: /^(node|cloudflare):/ },
  { folder: 'web', pattern: /^(node|cloudflare):/ },
  { folder: 'worker', pattern: /^node:/ },
];

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function ruleFor(path: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((folder) => within(path, folder))
    .sort((a, b) => b.length - a.length)[0];
}

function complaint(file: string, specifier: string, typeOnly: boolean): string | undefined {
  const banned = FORBIDDEN_MODULES.find(({ folder, pattern }) => within(file, folder) && pattern.test(specifier));
  if (banned) return `${banned.folder}/ may not use ${specifier}`;
  if (!specifier.startsWith('.')) return undefined;
  const target = relative('.', normalize(join(dirname(file), specifier)));
  const rule = ruleFor(file);
  if (!rule || !PACKAGES.some((folder) => within(target, folder))) return undefined;
  const allowed = [rule, 'kube', 'wire', ...(MAY_IMPORT[rule] ?? [])];
  if (allowed.some((folder) => within(target, folder))) return undefined;
  if (typeOnly && target.startsWith(PORT_TYPES) && PORT_USERS.includes(rule)) return undefined;
  // Tests' helpers are used by tests, which are not looked at.
  return `${rule} may not import ${target}`;
}

const complaints: string[] = [];
for (const folder of PACKAGES) {
  for (const file of sourceFiles(folder)) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const match of text.matchAll(IMPORT)) {
      const why = complaint(file, match[2] ?? match[3] ?? match[4] ?? '', match[1] !== undefined);
      if (why) complaints.push(`${file}: ${why}`);
    }
  }
}
for (const line of complaints) console.error(line);
if (complaints.length > 0) process.exit(1);
console.log('imports: every arrow points the right way');
