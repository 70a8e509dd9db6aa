import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  contextNames,
  currentTarget,
  editKubeconfig,
  kubeconfigPath,
  kubeconfigPaths,
  kubeconfigText,
  mergeKubeconfig,
  removeFromKubeconfig,
  serverIn,
} from './kubeconfig.ts';

const ENTRY = { name: 'islet-default', server: 'https://127.0.0.1:7443/clusters/a', token: 't', ca: 'PEM' };
const OTHERS = `# mine
apiVersion: v1
kind: Config
current-context: work
clusters:
- cluster: {server: https://work} # keep
  name: work
contexts: []
users: null
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('our context is put in and made current, and everything else stays, comments included', () => {
  const merged = mergeKubeconfig(OTHERS, ENTRY);
  expect(merged).toContain('# mine');
  expect(merged).toContain('# keep');
  expect(parse(merged)).toMatchObject({
    'current-context': 'islet-default',
    clusters: [{ name: 'work' }, { name: 'islet-default', cluster: { server: ENTRY.server } }],
    users: [{ name: 'islet-default', user: { token: 't' } }],
  });
});

test('a second merge replaces the entry, and removing it leaves the others and no current context', () => {
  const twice = mergeKubeconfig(mergeKubeconfig(OTHERS, ENTRY), { ...ENTRY, token: 'u' });
  expect(parse(twice).users).toEqual([{ name: 'islet-default', user: { token: 'u' } }]);
  const removed = parse(removeFromKubeconfig(twice, 'islet-default'));
  expect(removed).toMatchObject({ 'current-context': '', users: [], clusters: [{ name: 'work' }] });
});

test('a file keeps its mode, a link stays a link, and nothing is left beside it', async () => {
  const file = join(folder, 'config');
  const link = join(folder, 'link');
  writeFileSync(file, OTHERS);
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  await editKubeconfig(link, (text) => mergeKubeconfig(text, ENTRY));
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readFileSync(file, 'utf8')).toContain('islet-default');
  expect(readdirSync(folder).sort()).toEqual(['config', 'link']);
});

test('a new file can be read by its owner only', async () => {
  const file = join(folder, 'new', 'config');
  await editKubeconfig(file, (text) => mergeKubeconfig(text, ENTRY));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a broken kubeconfig is left alone', async () => {
  const file = join(folder, 'config');
  writeFileSync(file, 'clusters: [');
  await expect(editKubeconfig(file, (text) => mergeKubeconfig(text, ENTRY))).rejects.toThrow('not readable as YAML');
  expect(readFileSync(file, 'utf8')).toBe('clusters: [');
});

test('the flag goes before $KUBECONFIG, of which the first existing file counts', () => {
  const file = join(folder, 'there');
  writeFileSync(file, '');
  const env = { KUBECONFIG: `${folder}/missing:${file}` };
  expect(kubeconfigPath('/flag', env)).toBe('/flag');
  expect(kubeconfigPath(undefined, env)).toBe(file);
  expect(kubeconfigPath(undefined, { KUBECONFIG: `${folder}/a:${folder}/b` })).toBe(`${folder}/b`);
  expect(kubeconfigPath(undefined, {})).toMatch(/\.kube\/config$/);
});

test('the file that a service was started with stands in for ~/.kube/config alone', () => {
  const env = { KUBECONFIG: ['/a', '/b'].join(delimiter) };
  expect(kubeconfigPath(undefined, {}, '/up')).toBe('/up');
  expect(kubeconfigPath(undefined, env, '/up')).toBe('/b');
  expect(kubeconfigPath('/flag', env, '/up')).toBe('/flag');
  expect(kubeconfigPaths(undefined, env, '/up')).toEqual(['/a', '/b', '/up']);
  expect(kubeconfigPaths(undefined, {}, '/up')).toEqual(['/up']);
  expect(kubeconfigPaths('/flag', env, '/up')).toEqual(['/flag']);
});

test('the current server is found as kubectl merges the files of $KUBECONFIG', () => {
  const [first, second, broken] = ['first', 'second', 'broken'].map((name) => join(folder, name));
  const entry = { name: 'islet-a', server: 'https://127.0.0.1:7443/clusters/a', token: 't' };
  writeFileSync(first as string, 'current-context: islet-a\n');
  writeFileSync(second as string, mergeKubeconfig(kubeconfigText(entry), { ...entry, name: 'islet-b', server: 'b' }));
  writeFileSync(broken as string, '[');
  const target = (...files: unknown[]) => currentTarget({ KUBECONFIG: files.join(delimiter) });
  const server = (...files: unknown[]) => target(...files).server;
  expect(server(broken, first, second)).toBe(entry.server);
  // A folder stands for a file that may not be read.
  expect(server(folder, first, second)).toBe(entry.server);
  expect(server(second)).toBe('b');
  expect(server(first)).toBeUndefined();
  expect(target(second).namespace).toBeUndefined();
  const third = join(folder, 'third');
  writeFileSync(third, 'contexts: [{name: islet-a, context: {cluster: islet-a, namespace: shop}}]\n');
  expect(target(third, first, second)).toEqual({ server: entry.server, namespace: 'shop' });
  expect(server(join(folder, 'none'))).toBeUndefined();
});

test('the contexts that are left can be named', () => {
  const text = kubeconfigText({ name: 'islet-a', server: 's', token: 't' });
  expect(contextNames(text)).toEqual(['islet-a']);
  expect(contextNames(removeFromKubeconfig(text, 'islet-a'))).toEqual([]);
});

test('the address of a context’s cluster is read where there is one', () => {
  const file = join(folder, 'config');
  expect(serverIn(file, 'islet-a')).toBeUndefined();
  writeFileSync(file, kubeconfigText({ name: 'islet-a', server: 's', token: 't' }));
  expect(serverIn(file, 'islet-a')).toBe('s');
  expect(serverIn(file, 'islet-b')).toBeUndefined();
  expect(serverIn(folder, 'islet-a')).toBeUndefined();
});

test('a namespace that the user chose stays with its cluster, and goes with another', () => {
  const chosen = mergeKubeconfig('', ENTRY).replace(
    'user: islet-default',
    'user: islet-default\n      namespace: mine',
  );
  const contextIn = (server: string) => parse(mergeKubeconfig(chosen, { ...ENTRY, server })).contexts[0].context;
  expect(parse(chosen).contexts[0].context.namespace).toBe('mine');
  const ours = { cluster: 'islet-default', user: 'islet-default' };
  expect(contextIn('https://127.0.0.1:9000/clusters/a')).toEqual({ ...ours, namespace: 'mine' });
  expect(contextIn('https://127.0.0.1:7443/clusters/b')).toEqual(ours);
});

test.runIf(process.getuid?.() === 0)('root leaves a file to its owner', async () => {
  const file = join(folder, 'config');
  writeFileSync(file, '', { mode: 0o600 });
  chownSync(file, 1234, 1234);
  await editKubeconfig(file, (text) => mergeKubeconfig(text, ENTRY));
  const { uid, gid, mode } = statSync(file);
  expect([uid, gid, mode & 0o777]).toEqual([1234, 1234, 0o600]);
});
