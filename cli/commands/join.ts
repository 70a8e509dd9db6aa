/** `islet join`: makes this machine a node, for as long as the command runs. The agent does the rest. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { lockFolder } from '../local/lock.ts';
import { makeFolder } from '../local/make-folder.ts';
import { stopRequest } from '../local/stop-request.ts';
import { fail } from '../local/user-error.ts';
import { address } from './options.ts';

interface Options {
  server?: string;
  token?: string;
  nodeName?: string;
  state: string;
  containerRuntimeEndpoint: string;
  podManifestPath?: string;
}

export function joinCommand(): Command {
  return (
    new Command('join')
      .description('make this machine a node of a cluster, and run its pods with containerd')
      // Its longest option leaves less than is kept for a description in 80 columns.
      .configureHelp({ minWidthToWrap: 30 })
      .option('--server <url>', 'the cluster, as the join command says it', address)
      .option('--token <token>', 'a join token; not needed when the state folder knows the cluster')
      .option('--node-name <name>', "the node's name (default: the host name)")
      .addOption(
        new Option('--state <dir>', "where the agent keeps the node's identity and its pods").default(
          join(homedir(), '.islet-agent'),
          '~/.islet-agent',
        ),
      )
      .option(
        '--container-runtime-endpoint <address>',
        'the socket of the container runtime',
        'unix:///run/containerd/containerd.sock',
      )
      .option('--pod-manifest-path <path>', 'a folder with manifests of static pods to run, or one such file')
      .action(runJoin)
  );
}

async function runJoin(options: Options): Promise<void> {
  const stopping = stopRequest();
  const state = openAgentFolder(options.state);
  // Two agents on one folder would each make and remove the other's pods.
  const lock = await lockFolder(join(state, 'lock'), state);
  try {
    const { runAgent } = await import('../../agent/main.ts');
    const agent = await runAgent(options).catch((error: Error) => fail(error.message));
    const refused = await Promise.race([stopping.then(() => undefined), agent.refused]);
    await agent.stop();
    if (refused) fail(refused);
  } finally {
    lock.release();
  }
  process.exit(0);
}

function openAgentFolder(folder: string): string {
  try {
    makeFolder(folder, 0o700);
    return realpathSync(folder);
  } catch {
    return fail(`cannot write to ${folder}: run this as root, or choose another folder with --state DIR`);
  }
}
