/** `islet join`: makes this machine a node. The agent does the rest. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';

interface Options {
  server?: string;
  token?: string;
  nodeName?: string;
  state: string;
  containerRuntimeEndpoint?: string;
}

export function joinCommand(): Command {
  return new Command('join')
    .description('make this machine a node of a cluster, and run its pods with containerd')
    .option('--server <url>', 'the cluster, as the join command says it')
    .option('--token <token>', 'a join token; not needed when the state folder knows the cluster')
    .option('--node-name <name>', "the node's name (default: the host name)")
    .option('--state <dir>', "where the agent keeps the node's identity", join(homedir(), '.islet-agent'))
    .option('--container-runtime-endpoint <address>', 'the socket of the container runtime')
    .action(runJoin);
}

async function runJoin(options: Options): Promise<void> {
  const { runAgent } = await import('../../agent/main.ts');
  await runAgent(options);
}
