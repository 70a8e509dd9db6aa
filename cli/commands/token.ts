/** `islet token create|list|revoke`: tokens that open a cluster, for machines that join it and for people. */
import { networkInterfaces } from 'node:os';
import { Command, Option } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import type { TokenSummary } from '../../wire/rpc.ts';
import { fingerprint } from '../local/certificates.ts';
import { call } from '../local/client.ts';
import { kubeconfigPath, tokensOf } from '../local/kubeconfig.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { address, clusterOption, duration, openCluster, revokeEach, stateOption, wholeNumber } from './options.ts';

interface Options {
  printJoinCommand?: boolean;
  ttl: number;
  uses: number;
  server?: string;
  cluster?: string;
  state: string;
}

export function tokenCommand(): Command {
  const command = new Command('token').description('make, list and revoke the tokens that open a cluster');
  command
    .command('create')
    .description('print a join token, with which a machine becomes a node')
    .option('--print-join-command', 'print the whole command to run on the machine')
    .addOption(
      new Option('--ttl <time>', 'how long it can be used').argParser(duration).default(duration('24h'), '24h'),
    )
    .option('--uses <n>', 'how many machines can use it', wholeNumber(1, 1000), 1)
    .option('--server <url>', 'the address under which machines reach the service', address)
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(create);
  command
    .command('list')
    .alias('ls')
    .description("list a cluster's tokens: of kubeconfigs (admin), to join with (join), and of nodes (node)")
    .addOption(outputOption())
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(list);
  command
    .command('revoke <id...>')
    .description(
      'make tokens worthless at once, by their ids or the tokens themselves, and close what they opened. ' +
        'A machine joins again with a new join token; `islet kubeconfig` makes a new token for people',
    )
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(revoke);
  return command;
}

async function create(options: Options): Promise<void> {
  const { endpoint, service, cluster } = await openCluster(options.state, options.cluster);
  const { token } = await call<{ token: string }>(endpoint, 'POST', '/islet/v1/join-tokens', {
    ttlSeconds: options.ttl,
    uses: options.uses,
    ca: service.ca ? fingerprint(service.ca) : undefined,
  });
  if (!options.printJoinCommand) {
    console.log(token);
    return;
  }
  const server = options.server ?? service.server;
  console.log(`npx islet join --server ${server}/clusters/${cluster.id} --token ${token}`);
  if (!options.server && /\/\/127\.0\.0\.1[:/]/.test(`${server}/`)) console.error(loopbackHint(server));
}

async function list(options: Options & { output: OutputFormat }): Promise<void> {
  const { endpoint, service } = await openCluster(options.state, options.cluster);
  const { items } = await call<{ items: TokenSummary[] }>(endpoint, 'GET', '/islet/v1/tokens');
  const users = usersById(service.kubeconfig ?? kubeconfigPath(undefined, process.env));
  const text = listingText(options.output, {
    items,
    nameOf: ({ id }) => id,
    head: ['ID', 'KIND', 'FOR', 'CREATED', 'EXPIRES'],
    row: ({ id, kind, node, created, expires, uses }) => [
      id,
      kind,
      node ?? users.get(id) ?? usesText(uses),
      created,
      expires,
    ],
    empty: 'no tokens: `islet kubeconfig` makes one for people, `islet token create` one for machines',
  });
  if (text !== '') console.log(text);
}

function usesText(uses: number | undefined): string {
  return uses === undefined ? '-' : `${uses} more machine${uses === 1 ? '' : 's'}`;
}

/** Token id → the user of the kubeconfig here that has it. */
function usersById(path: string): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [name, token] of tokensOf(path)) {
    const { jti: id } = claimsOf(token);
    if (id !== undefined) users.set(id, `kubeconfig user ${name}`);
  }
  return users;
}

async function revoke(given: string[], options: Options): Promise<void> {
  const { endpoint, cluster } = await openCluster(options.state, options.cluster);
  const missing = `\`islet token list --cluster ${cluster.name}\` shows those there are`;
  await revokeEach(given, async (id) => {
    const path = `/islet/v1/tokens/${encodeURIComponent(id)}`;
    const { kind, node } = await call<TokenSummary>(endpoint, 'DELETE', path, undefined, { missing });
    return `${kind} token ${id}${node ? ` of node ${node}` : ''} revoked`;
  });
}

/** On standard error, so that the command can be piped on. */
function loopbackHint(server: string): string {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  const port = new URL(server).port;
  return (
    'note: 127.0.0.1 is this machine alone. For others: `islet up --host 0.0.0.0`, ' +
    `then --server https://${own?.address ?? 'ADDRESS'}:${port}`
  );
}
