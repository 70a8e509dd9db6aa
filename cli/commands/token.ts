/** `islet token create`: what another machine needs to join a cluster as a node. */
import { networkInterfaces } from 'node:os';
import { Command } from 'commander';
import { fingerprint } from '../local/certificates.ts';
import { call } from '../local/client.ts';
import { clusterOption, duration, openCluster, stateOption, wholeNumber } from './options.ts';

interface Options {
  printJoinCommand?: boolean;
  ttl: number;
  uses: number;
  server?: string;
  cluster: string;
  state: string;
}

export function tokenCommand(): Command {
  const command = new Command('token').description('make tokens that machines join with');
  command
    .command('create')
    .description('print a join token')
    .option('--print-join-command', 'print the whole command to run on the machine')
    .option('--ttl <time>', 'how long it can be used', duration, duration('24h'))
    .option('--uses <n>', 'how many machines can use it', wholeNumber(1, 1000), 1)
    .option('--server <url>', 'the address under which machines reach the service')
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(create);
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
  const server = (options.server ?? service.server).replace(/\/+$/, '');
  console.log(`npx islet join --server ${server}/clusters/${cluster.id} --token ${token}`);
  if (!options.server && /\/\/127\.0\.0\.1[:/]/.test(`${server}/`)) console.error(loopbackHint(server));
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
