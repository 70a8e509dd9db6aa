/** `islet join`: makes this machine a node, for as long as the command runs. The agent does the rest. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  DEFAULT_EVICTION_HARD,
  type EvictionThresholds,
  parseEvictionHard,
} from '../../agent/kubelet/node/eviction-thresholds.ts';
import { createAuthority, issueServer, type KeyPairPem } from '../local/certificates.ts';
import { lockFolder } from '../local/lock.ts';
import { makeFolder } from '../local/make-folder.ts';
import { stopRequest } from '../local/stop-request.ts';
import { fail } from '../local/user-error.ts';
import { address, wholeNumber } from './options.ts';

interface Options {
  server?: string;
  token?: string;
  nodeName?: string;
  state: string;
  containerRuntimeEndpoint: string;
  podManifestPath?: string;
  kubeletPort?: number;
  evictionHard?: EvictionThresholds;
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
      .addOption(
        new Option(
          '--kubelet-port <port>',
          "listen there as a kubelet does, for scrapers such as metrics-server; a kubelet's is 10250 (default: none)",
        ).argParser(wholeNumber(1, 65_535)),
      )
      .addOption(
        new Option(
          '--eviction-hard <thresholds>',
          `free memory or disk below which new pods are kept off (default: "${DEFAULT_EVICTION_HARD}")`,
        ).argParser(thresholdsOption),
      )
      .action(runJoin)
  );
}

async function runJoin({ kubeletPort, evictionHard: evictionThresholds, ...options }: Options): Promise<void> {
  const stopping = stopRequest();
  // A hardened shell's would keep the users of containers from their hosts file and from folders of their volumes.
  process.umask(0o022);
  const state = openAgentFolder(options.state);
  // Two agents on one folder would each make and remove the other's pods.
  const lock = await lockFolder(join(state, 'lock'), state);
  let status = 1;
  try {
    const { runAgent } = await import('../../agent/main.ts');
    const kubelet = kubeletPort === undefined ? undefined : { port: kubeletPort, certify };
    const started = runAgent({ ...options, kubelet, evictionThresholds }).catch((error: Error) => fail(error.message));
    // Ctrl-C waits for no cluster and no runtime: a start that is under way ends with this process.
    const agent = await Promise.race([started, stopping]);
    const refused = await Promise.race([stopping.then(() => undefined), agent?.refused]);
    await agent?.stop();
    if (refused) fail(refused);
    status = agent ? 0 : 130;
  } finally {
    lock.release();
  }
  process.exit(status);
}

function thresholdsOption(text: string): EvictionThresholds {
  try {
    return parseEvictionHard(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** By an authority that is made for it alone, as kubelet's is, and whose key is forgotten. */
async function certify(hosts: readonly string[]): Promise<KeyPairPem> {
  const now = Date.now();
  return issueServer(await createAuthority(now), hosts, now);
}

function openAgentFolder(folder: string): string {
  try {
    makeFolder(folder, 0o700);
    return realpathSync(folder);
  } catch {
    return fail(`cannot write to ${folder}: run this as root, or choose another folder with --state DIR`);
  }
}
