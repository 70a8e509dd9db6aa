/**
 * Contexts in the user's kubeconfig: ours are put in or replaced, everything else stays as it was, comments included.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Document, isMap, isSeq, parseDocument, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import { makeFolder } from './make-folder.ts';
import { fail } from './user-error.ts';

export interface ContextEntry {
  /** The name of the context, the cluster and the user: `islet-default`. */
  name: string;
  /** `https://127.0.0.1:7443/clusters/{id}` */
  server: string;
  token: string;
  /** PEM; left out when the system's roots will do. */
  ca?: string;
}

/** A kubeconfig with this one context. */
export function kubeconfigText(entry: ContextEntry): string {
  return mergeKubeconfig('', entry);
}

/**
 * `text` with the context put in (or replaced), and made the current one. Throws a UserError when it is no kubeconfig.
 */
export function mergeKubeconfig(text: string, entry: ContextEntry): string {
  const document = parse(text);
  const { name, server, token, ca } = entry;
  // `kubectl config set-context` notes a namespace there, which means nothing to another cluster.
  const kept = isSameCluster(serverOf(document, name), server) ? contextOf(document, name) : {};
  const authority = ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {};
  put(document, 'clusters', name, { cluster: { ...authority, server } });
  put(document, 'users', name, { user: { token } });
  put(document, 'contexts', name, { context: { ...kept, cluster: name, user: name } });
  document.set('current-context', name);
  return document.toString({ lineWidth: 0 });
}

/** Throws a UserError when the file is there and no kubeconfig, or cannot be written beside. Changes nothing. */
export function checkKubeconfig(path: string): Promise<void> {
  return editKubeconfig(path, (text) => {
    parse(text);
    return text;
  });
}

/** `text` without the context. When it was the current one, none is. */
export function removeFromKubeconfig(text: string, name: string): string {
  const document = parse(text);
  for (const list of ['clusters', 'users', 'contexts']) {
    const items = document.get(list);
    if (isSeq(items)) items.items = items.items.filter((item) => !(isMap(item) && item.get('name') === name));
  }
  if (document.get('current-context') === name) document.set('current-context', '');
  return document.toString({ lineWidth: 0 });
}

/** The name of the current context; empty when none is. */
export function currentContext(text: string): string {
  return String(parse(text).get('current-context') ?? '');
}

/** The address of a cluster in the file; undefined where there is no file, or none of this name in it. */
export function serverIn(path: string, name: string): string | undefined {
  const document = readDocument(path);
  return document && serverOf(document, name);
}

/** Whether two addresses are of one cluster: a service may have taken another port. */
export function isSameCluster(before: string | undefined, server: string): boolean {
  return before !== undefined && before.split('/').at(-1) === server.split('/').at(-1);
}

export function contextNames(text: string): string[] {
  return itemsOf(parse(text), 'contexts').map((context) => String(context.get('name')));
}

/** The address that kubectl speaks to when no flag names one, and the namespace of its context, where they are known. */
export function currentTarget(env: NodeJS.ProcessEnv): { server?: string; namespace?: string } {
  const documents = listedIn(env)
    .map(readDocument)
    .filter((document) => document !== undefined);
  // As kubectl merges files: the first that says something is right.
  const named = (list: string, name: unknown) =>
    documents.flatMap((document) => itemsOf(document, list)).find((item) => item.get('name') === name);
  const current = documents.map((document) => document.get('current-context')).find((name) => name);
  const context = named('contexts', current);
  const server = named('clusters', context?.getIn(['context', 'cluster']))?.getIn(['cluster', 'server']);
  const namespace = context?.getIn(['context', 'namespace']);
  return {
    ...(typeof server === 'string' ? { server } : {}),
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
  };
}

/** The tokens in the file by the names of their users; none where there is no file, or no kubeconfig in it. */
export function tokensOf(path: string): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>();
  const document = readDocument(path);
  for (const user of document ? itemsOf(document, 'users') : []) {
    const [name, token]: unknown[] = [user.get('name'), user.getIn(['user', 'token'])];
    if (typeof name === 'string' && typeof token === 'string') tokens.set(name, token);
  }
  return tokens;
}

/**
 * As kubectl chooses: the flag, the first existing file of $KUBECONFIG (else its last), `~/.kube/config`. In place of the
 * last stands the one that `up` wrote to, where it is known.
 */
export function kubeconfigPath(flag: string | undefined, env: NodeJS.ProcessEnv, writtenTo?: string): string {
  if (flag) return flag;
  const listed = listedIn(env, writtenTo);
  return listed.find((path) => existsSync(path)) ?? (listed.at(-1) as string);
}

/** Every file that may have a context of the service: the flag's alone, else all of $KUBECONFIG and that of `up`. */
export function kubeconfigPaths(flag: string | undefined, env: NodeJS.ProcessEnv, writtenTo?: string): string[] {
  return flag ? [flag] : [...new Set([...listedIn(env, writtenTo), ...(writtenTo ? [writtenTo] : [])])];
}

function listedIn(env: NodeJS.ProcessEnv, writtenTo?: string): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [writtenTo ?? join(homedir(), '.kube', 'config')];
}

/** Rewrites the file in one step, keeping its mode, under the lock that kubectl takes too (`clientcmd/loader.go`). */
export async function editKubeconfig(path: string, edit: (text: string) => string): Promise<void> {
  try {
    makeFolder(dirname(path));
    // A link stays a link: the file behind it is replaced.
    const file = existsSync(path) ? realpathSync(path) : path;
    const unlock = await lock(`${file}.lock`);
    try {
      const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o600;
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const edited = edit(text);
      if (edited === text) return;
      replaceFile(file, edited, mode);
    } finally {
      unlock();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOENT') {
      fail(`cannot write ${path}: choose another kubeconfig with --kubeconfig FILE, or change its permissions`);
    }
    if (code === 'EISDIR') fail(`${path} is a folder: name a file with --kubeconfig FILE`);
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      fail(`${path} cannot be: ${dirname(path)} is no folder. Choose another kubeconfig with --kubeconfig FILE`);
    }
    throw error;
  }
}

/** In one step. The file stays its owner's, also where root writes it, as with `sudo islet up`. */
function replaceFile(file: string, text: string, mode: number): void {
  const temporary = `${file}.islet-${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    const before = statSync(file, { throwIfNoEntry: false });
    if (before && process.getuid?.() === 0) chownSync(temporary, before.uid, before.gid);
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function lock(path: string): Promise<() => void> {
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(path, '', { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (tries === 20) fail(`the kubeconfig is locked: if no kubectl is changing it, remove ${path}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The file's YAML; undefined where there is none, where it is no kubeconfig, or where it may not be read. */
function readDocument(path: string): Document | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const document = parseDocument(text);
  return document.errors.length === 0 && isMap(document.contents) ? document : undefined;
}

function parse(text: string): Document {
  const document = parseDocument(
    text === '' || text.trim() === '' ? stringify({ apiVersion: 'v1', kind: 'Config' }) : text,
  );
  const problem = document.errors[0];
  if (problem || !isMap(document.contents)) {
    fail(
      `the kubeconfig is not readable as YAML${problem ? ` (${problem.message.split('\n', 1)[0]})` : ''}: repair it, or choose another with --kubeconfig FILE`,
    );
  }
  return document;
}

function itemsOf(document: Document, list: string): YAMLMap[] {
  const items: unknown = document.get(list);
  return isSeq(items) ? items.items.filter((item) => isMap(item)) : [];
}

function named(document: Document, list: string, name: string): YAMLMap | undefined {
  return itemsOf(document, list).find((item) => item.get('name') === name);
}

function serverOf(document: Document, name: string): string | undefined {
  const server = named(document, 'clusters', name)?.getIn(['cluster', 'server']);
  return typeof server === 'string' ? server : undefined;
}

function contextOf(document: Document, name: string): object {
  const context = named(document, 'contexts', name)?.get('context');
  return isMap(context) ? (context.toJSON() as object) : {};
}

function put(document: Document, list: string, name: string, value: object): void {
  let items = document.get(list) as YAMLSeq | null | undefined;
  if (!isSeq(items)) {
    items = document.createNode([]) as YAMLSeq;
    document.set(list, items);
  }
  items.flow = false;
  const entry = document.createNode({ name, ...value });
  const at = items.items.findIndex((item) => isMap(item) && item.get('name') === name);
  if (at < 0) items.add(entry);
  else items.items[at] = entry;
}
