/** `islet clusters fork|rewind|export|import|undelete`: copies of clusters, their past, and those that were deleted. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_PATH } from '../../wire/cluster-file.ts';
import {
  HISTORY_PATH,
  type HistoryRange,
  REWIND_PATH,
  type RewindAction,
  type RewindAnswer,
} from '../../wire/history.ts';
import type { NewCluster } from '../../wire/rpc.ts';
import { Account, call, type Endpoint } from '../local/client.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { readService } from '../local/service-file.ts';
import { counter, sizeText, transfer } from '../local/transfer.ts';
import { fail } from '../local/user-error.ts';
import { withContext } from '../local/with-context.ts';
import { duration, kubeconfigOption, openCluster, stateOption, wholeNumber } from './options.ts';

interface Moment {
  revision?: number;
  at?: string;
}

const CONTEXT = (): Option => kubeconfigOption('the one that `islet up` wrote to');
const REVISION = (): Option =>
  new Option('--revision <n>', 'the revision').argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)).conflicts('at');
const AT = (): Option =>
  new Option('--at <time>', 'the time: 10m or 2h ago, or 2026-01-31T12:00:00Z').argParser(timeOf);

export function addLifeCommands(clusters: Command): void {
  clusters
    .command('fork <name> <copy>')
    .description('make a cluster with the state of another, now or earlier, and a kubeconfig context `islet-<copy>`')
    .addOption(REVISION())
    .addOption(AT())
    .addOption(stateOption())
    .addOption(CONTEXT())
    .action(fork);
  clusters
    .command('rewind <name>')
    .description('bring the objects of an earlier revision back: tells what would change, and does it with --yes')
    .addOption(REVISION())
    .addOption(AT())
    .option('-n, --namespace <name>', 'of this namespace alone')
    .option(
      '--only <resource/name>',
      'this object alone: deployments.apps/web (its namespace is that of -n, or `default`)',
    )
    .option('--yes', 'do it')
    .addOption(stateOption())
    .action(rewind);
  clusters
    .command('export <name>')
    .description('write a cluster to a file: everything with its past, or as YAML for kubectl apply')
    .option('--yaml', 'as YAML: neither status nor uids, nothing that follows by itself')
    .option('-f, --file <file>', 'the file (default: NAME.islet.gz, or NAME.yaml)')
    .addOption(stateOption())
    .action(exportFile);
  clusters
    .command('import <name> <file>')
    .description('make a cluster of a file that `export` wrote, or of YAML, and a kubeconfig context `islet-<name>`')
    .addOption(stateOption())
    .addOption(CONTEXT())
    .action(importFile);
  clusters
    .command('undelete [name]')
    .description(
      'have a deleted cluster back, by its name or id, and its kubeconfig context; without a name, list those there are',
    )
    .option('--as <name>', 'under another name')
    .addOption(outputOption())
    .addOption(stateOption())
    .addOption(CONTEXT())
    .action(undelete);
}

/** RFC 3339, or a time ago. */
function timeOf(text: string): string {
  if (/^\d+[smhd]$/.test(text)) return new Date(Date.now() - duration(text) * 1000).toISOString();
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('expected 10m, 2h or 2026-01-31T12:00:00Z.');
  return new Date(text).toISOString();
}

async function revisionOf(endpoint: Endpoint, { revision, at }: Moment): Promise<number | undefined> {
  if (at === undefined) return revision;
  const { oldest, at: found } = await call<HistoryRange>(endpoint, 'GET', `${HISTORY_PATH}?time=${at}`);
  if (Date.parse(at) < Date.parse(oldest.time)) fail(`nothing is kept of ${at}: the past begins at ${oldest.time}`);
  return found?.revision;
}

async function fork(
  name: string,
  copy: string,
  options: Moment & { state: string; kubeconfig?: string },
): Promise<void> {
  const { service, account, endpoint } = await openCluster(options.state, name);
  const revision = await revisionOf(endpoint, options);
  const context = await withContext(service, options.kubeconfig, () => account.fork(name, copy, revision));
  console.log(
    `cluster ${copy} forked from ${name}${revision === undefined ? '' : ` at revision ${revision}`}: ${context}`,
  );
}

interface RewindOptions extends Moment {
  state: string;
  namespace?: string;
  only?: string;
  yes?: boolean;
}

async function rewind(name: string, options: RewindOptions): Promise<void> {
  const { endpoint } = await openCluster(options.state, name);
  const revision = await revisionOf(endpoint, options);
  if (revision === undefined) fail('name the moment by --revision N or --at TIME');
  const asked = { revision, ...scopeOf(options) };
  const before = (await call<HistoryRange>(endpoint, 'GET', HISTORY_PATH)).newest.revision;
  const planned = await every(endpoint, { ...asked, dryRun: true }, (item) =>
    console.log(`${line(item)}${fields(item)}`),
  );
  if (planned === 0) return console.log(`nothing to do: ${name} has the objects of revision ${revision}`);
  if (!options.yes) return console.log(`${count(planned)} would be made; --yes makes them`);
  let failed = 0;
  const done = await every(endpoint, asked, (item) => {
    if (item.error === undefined) return;
    failed++;
    console.error(`islet: ${line(item)}: ${item.error}`);
  });
  if (failed > 0) process.exitCode = 1;
  const undo = `\`islet clusters rewind ${name} --revision ${before} --yes\` undoes it`;
  console.log(`${count(done - failed)} made${failed > 0 ? `, ${failed} refused` : ''}: ${undo}`);
}

function scopeOf({ namespace, only }: RewindOptions): object {
  if (only === undefined) return { namespace };
  const [resource, name, ...rest] = only.split('/');
  if (!resource || !name || rest.length > 0) fail('name one object as RESOURCE/NAME, like deployments.apps/web');
  const isOfCluster = /^(namespaces|nodes|persistentvolumes|cluster|storageclasses|customresourcedefinitions)/.test(
    resource,
  );
  return { resource, name, ...(isOfCluster && namespace === undefined ? {} : { namespace: namespace ?? 'default' }) };
}

/** The number of changes, in as many requests as it takes. */
async function every(endpoint: Endpoint, asked: object, tell: (item: RewindAction) => void): Promise<number> {
  let made = 0;
  let position: string | undefined;
  do {
    const body = { ...asked, ...(position !== undefined && { continue: position }) };
    const answer = await call<RewindAnswer>(endpoint, 'POST', REWIND_PATH, body);
    answer.items.forEach(tell);
    made += answer.items.length;
    if (process.stderr.isTTY && answer.remaining > 0) process.stderr.write(`${made} of ${made + answer.remaining}\r`);
    position = answer.continue;
  } while (position !== undefined);
  return made;
}

function line({ action, resource, namespace, name }: RewindAction): string {
  return `${action} ${resource}/${name}${namespace === '' ? '' : ` in ${namespace}`}`;
}

function fields({ fields: changed = [] }: RewindAction): string {
  return changed.length === 0 ? '' : ` (${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ', …' : ''})`;
}

function count(changes: number): string {
  return `${changes} ${changes === 1 ? 'change' : 'changes'}`;
}

async function exportFile(name: string, options: { yaml?: boolean; file?: string; state: string }): Promise<void> {
  const { endpoint } = await openCluster(options.state, name);
  const file = options.file ?? (options.yaml ? `${name}.yaml` : `${name}.islet.gz`);
  const path = `${EXPORT_PATH}?format=${options.yaml ? 'yaml' : 'history'}`;
  const answer = await transfer(endpoint, { method: 'GET', path });
  const shown = counter(file);
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length;
    shown.add(piece.length);
  });
  // An older file stays until the new one is whole. The new one holds Secrets.
  const partial = `${file}.part`;
  try {
    await pipeline(answer, createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    fail(`${file} was not written: ${(error as Error).message}`);
  } finally {
    shown.end();
  }
  const again = options.yaml ? `kubectl apply -f ${file}` : `islet clusters import NAME ${file}`;
  console.log(
    `cluster ${name} is in ${file} (${sizeText(bytes)}), its Secrets in the clear: \`${again}\` makes it anew`,
  );
}

async function importFile(name: string, file: string, options: { state: string; kubeconfig?: string }): Promise<void> {
  const service = readService(options.state);
  const type = (await isCompressed(file)) ? 'application/gzip' : 'application/yaml';
  const shown = counter(file);
  const context = await withContext(service, options.kubeconfig, async () => {
    const body = createReadStream(file);
    body.on('data', (piece) => shown.add(piece.length));
    const path = `/islet/v1/clusters/${encodeURIComponent(name)}/import`;
    const account = Account.of(service).at(service.server);
    const answer = await transfer(account, { method: 'POST', path, body, type });
    return JSON.parse(await textOf(answer)) as NewCluster;
  }).finally(() => shown.end());
  console.log(`cluster ${name} imported from ${file}: ${context}`);
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const held: Buffer[] = [];
  for await (const piece of pieces) held.push(piece);
  return Buffer.concat(held).toString();
}

async function isCompressed(file: string): Promise<boolean> {
  const handle = await open(file).catch((error) => fail(`${file} cannot be read: ${(error as Error).message}`));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

interface UndeleteOptions {
  as?: string;
  output: OutputFormat;
  state: string;
  kubeconfig?: string;
}

async function undelete(name: string | undefined, { as, output, state, kubeconfig }: UndeleteOptions): Promise<void> {
  const service = readService(state);
  const account = Account.of(service);
  if (name === undefined) {
    const text = listingText(output, {
      items: await account.deleted(),
      nameOf: ({ id }) => id,
      head: ['NAME', 'ID', 'CREATED', 'UNTIL'],
      row: (cluster) => [cluster.name, cluster.id, cluster.created, cluster.until],
      empty: 'no deleted cluster can be had back',
    });
    if (text !== '') console.log(text);
    return;
  }
  let back = name;
  const context = await withContext(service, kubeconfig, async () => {
    const cluster = await account.undelete(name, as);
    back = cluster.name;
    return account.token(cluster.name);
  });
  console.log(`cluster ${back} is back: ${context}`);
}
