/** The node agent: the only file that wires its parts. `islet join` runs it. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient } from './api/client.ts';
import { JOIN_AGAIN, whyNoMember, writeMembership } from './api/join.ts';
import { KubeletServer } from './api/kubelet-server.ts';
import { NodeToken } from './api/node-token.ts';
import { RevocationCheck } from './api/revocation-check.ts';
import { ClusterSocket } from './api/socket.ts';
import { Subscriptions } from './api/subscriptions.ts';
import { systemClock as clock, watchClock } from './clock.ts';
import { Folders } from './files/folders.ts';
import { makeShared } from './files/mount-table.ts';
import { readText } from './files/text-files.ts';
import { nodeResolvConf } from './kubelet/containers/dns.ts';
import { EventRecorder } from './kubelet/events.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import {
  DEFAULT_EVICTION_HARD,
  type EvictionThresholds,
  parseEvictionHard,
} from './kubelet/node/eviction-thresholds.ts';
import { addressTowards, machineFacts, machineFree, machineUsage } from './kubelet/node/machine.ts';
import { NodeManager } from './kubelet/node/node-manager.ts';
import { capacityOf, KUBELET_VERSION } from './kubelet/node/node-status.ts';
import { ServiceList } from './kubelet/services.ts';
import { nodeReader, UsageMeter } from './kubelet/usage.ts';
import { UsageFollower } from './kubelet/usage-follower.ts';
import { UsageHour } from './kubelet/usage-hour.ts';
import { type Log, lineLog } from './log.ts';
import { clusterIdOf, membershipOf } from './membership.ts';
import { NetworkManager } from './network/manager.ts';
import { CriRuntime } from './runtimes/cri/index.ts';
import type { Runtime, RuntimeVersion } from './runtimes/runtime.ts';
import { makeClientKey } from './streams/client-key.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { StreamServer } from './streams/serve.ts';
import { removeLocalVolume } from './volumes/local-path.ts';

export interface AgentOptions {
  /** Keeps the membership, pods' folders and logs. */
  state: string;
  /** `unix:///run/containerd/containerd.sock`, or a path. */
  containerRuntimeEndpoint: string;
  /** Needed to join; taken from the state afterwards. */
  server?: string;
  token?: string;
  caCertHash?: string;
  /** The machine's host name when absent. */
  nodeName?: string;
  /** Instead of what the cluster assigns. */
  podCIDR?: string;
  /** The path of static pods, instead of a folder in the state: a folder, or one manifest. */
  podManifestPath?: string;
  /** kubelet's defaults when absent. */
  evictionThresholds?: EvictionThresholds;
  /** Empty while the cluster serves no DNS: pods then use the node's. */
  clusterDNS?: readonly string[];
  /** Where the agent listens as a kubelet does; it listens nowhere when absent. */
  kubelet?: KubeletListener;
  log?: Log;
}

export interface KubeletListener {
  port: number;
  /** A certificate of the machine's own, for these names and addresses: PEM. */
  certify(hosts: readonly string[]): Promise<{ certificate: string; key: string }>;
}

export interface Agent extends AsyncDisposable {
  readonly nodeName: string;
  /** Resolves, with what to do about it, when the cluster takes the node's token no more; else never. */
  readonly refused: Promise<string>;
  /** Ends the agent. The node's containers run on. */
  stop(): Promise<void>;
}

const REFUSED = {
  revoked: "the node's token is no longer good, because it was revoked or has expired",
  'cluster-deleted': 'the cluster was deleted',
};
const USER_AGENT = `islet-agent/${KUBELET_VERSION} (${process.platform}/${process.arch})`;

/**
 * Resolves when the node's pods are looked after, with the cluster in reach or not. Throws an Error with one clear
 * line.
 */
export async function runAgent(options: AgentOptions): Promise<Agent> {
  const log = options.log ?? lineLog(clock.now, (line) => process.stdout.write(line));
  const warn = (text: string) => log.warn(text);
  const random = Math.random;
  const state = resolve(options.state);
  const folders = new Folders(state);
  folders.prepare();
  const facts = machineFacts(state);
  const thresholds = options.evictionThresholds ?? parseEvictionHard(DEFAULT_EVICTION_HARD);
  const membership = await membershipOf(options, { state, hostname: facts.hostname, userAgent: USER_AGENT, log });
  const { server, ca, nodeName } = membership;
  const owner = { cluster: clusterIdOf(membership), node: nodeName, former: membership.former };
  const runtime = new CriRuntime(options.containerRuntimeEndpoint);
  const runtimeVersion = await versionOf(runtime, options.containerRuntimeEndpoint);
  // The mount is made after the join: a machine that could not join is left without one.
  await makeShared(folders.pods).catch((error: Error) => log.warn(`mount propagation: ${error.message}`));

  const link = { server, ca, token: () => nodeToken.current, userAgent: USER_AGENT };
  const api = new ApiClient(link);
  const nodeToken: NodeToken = new NodeToken(membership.token, {
    api,
    clock,
    random,
    keep: (fresh) => writeMembership(state, { ...membership, token: fresh }),
    renewed: () => socket.redial(),
    log,
  });
  let refuse = (_why: string) => {};
  const refused = new Promise<string>((done) => {
    refuse = done;
  });
  const revocationCheck = new RevocationCheck({
    whyNoMember: () => whyNoMember({ ...membership, token: nodeToken.current }, USER_AGENT),
    clock,
    random,
    confirmed: (why) => refuse(`${REFUSED[why]}: ${JOIN_AGAIN[why]}`),
  });
  const events = new EventRecorder({ api, node: nodeName, clock, random, warn });
  const feed: Subscriptions = new Subscriptions({ send: (message) => socket.send(message), clock, random, warn });
  const services = new ServiceList({
    feed,
    clock,
    server,
    path: join(state, 'services.json'),
    warn,
    synced: () => kubelet.workers.retry(),
  });
  const node: NodeManager = new NodeManager(
    {
      name: nodeName,
      facts,
      thresholds,
      runtimeVersion,
      podCIDR: options.podCIDR,
      kubeletPort: options.kubelet?.port,
      cniConfDir: join(state, 'net.d'),
    },
    {
      runtime,
      network: new NetworkManager({ runtime, log, run: promisify(execFile), now: clock.now }),
      api,
      events,
      log,
      clock,
      random,
      addresses: async () => [await addressTowards(server)],
      free: () => machineFree(state),
      refused: () => void revocationCheck.suspect(),
    },
  );

  const kubelet: Kubelet = new Kubelet({
    clock,
    random,
    log,
    api,
    feed,
    runtime,
    runtimeName: runtimeVersion.name,
    owner,
    events,
    folders,
    dns: {
      clusterDNS: options.clusterDNS ?? [],
      clusterDomain: 'cluster.local',
      resolvConf: () => nodeResolvConf(readText),
    },
    allocatable: capacityOf(facts, thresholds).allocatable,
    nodeMemory: facts.memory,
    hostIPs: () => node.addresses,
    services: () => services.all,
    podManifestPath: options.podManifestPath && resolve(options.podManifestPath),
    node: { known: () => node.known(), fetched: () => node.fetched() },
  });
  const clientKey = makeClientKey();
  const open = new OpenStreams({ clock, send: (message) => socket.send(message) });
  const streams = new StreamServer(
    { ...link, clientKey },
    {
      runtime,
      log,
      find: (namespace, name, uid) => kubelet.find(namespace, name, uid),
      listing: (uid) => kubelet.listing(uid),
      open,
    },
  );
  const socket: ClusterSocket = new ClusterSocket(
    { ...link, publicKey: clientKey.publicKey, clock, random, log },
    {
      up: () => {
        feed.up();
        node.reconnected();
        open.tell();
      },
      down: () => feed.down(),
      refused: () => void revocationCheck.suspect(),
      events: (subscription, lines) => feed.events(subscription, lines),
      message: (message) => {
        if (message.type === 'measure') answerUsage(message.id);
        else if (message.type === 'recall-usage') socket.send(hour.answer(message));
        else if (message.type === 'remove-volume') removeVolume(message);
        else if (message.type === 'end') feed.ended(message);
        else if (message.type === 'follow-usage') follower.follow(message);
        else if (message.type === 'unfollow-usage') follower.unfollow(message.key);
        else if (message.type === 'open-stream') streams.open(message);
        else if (message.type === 'end-streams') streams.end(message.sessions, message.reason);
        else streams.closeFor(message.holder);
      },
    },
  );

  const meter = new UsageMeter({ runtime, clock, owner, machine: machineUsage });
  const follower = new UsageFollower({ clock, measure: () => meter.measure(0), send: (usage) => socket.send(usage) });
  const hour = new UsageHour({ clock, measure: () => meter.measure(0) });
  const listenAsKubelet = async ({ port, certify }: KubeletListener) => {
    const pair = await certify([nodeName, await addressTowards(server)]);
    // Reviews for callers must not keep the agent's own requests waiting: they have connections of their own.
    const reviews = new ApiClient(link);
    const reader = nodeReader(nodeName, meter, () => kubelet.workers.pods.values());
    const listening = await KubeletServer.listen(
      { port, ...pair },
      { api: reviews, clock, nodeName, node: reader, warn },
    );
    log.info(`listens at port ${port} as a kubelet does`);
    return () => {
      listening.close();
      reviews.close();
    };
  };
  const removeVolume = ({ id, path }: { id: number; path: string }): void => {
    removeLocalVolume(path).then(
      () => socket.send({ type: 'volume-removed', id }),
      ({ message }: Error) => socket.send({ type: 'volume-removed', id, error: message.slice(0, 1000) }),
    );
  };
  const answerUsage = (id: number): void => {
    meter.measure(id).then(
      (usage) => {
        follower.told(usage);
        socket.send(usage);
      },
      (error: Error) => log.warn(`the container runtime cannot tell what is used: ${error.message}`),
    );
  };

  const listener = options.kubelet && (await listenAsKubelet(options.kubelet));
  await node.start(feed);
  services.start();
  kubelet.start();
  hour.start();
  socket.dial();
  nodeToken.start();
  const unwatchClock = watchClock(
    clock,
    () => performance.now(),
    () => {
      log.warn("the machine's clock was set back");
      kubelet.clockSetBack();
      node.reconnected();
    },
  );

  const stop = async () => {
    unwatchClock();
    for (const part of [nodeToken, services, kubelet, node, follower, hour]) part.stop();
    listener?.();
    streams.close();
    socket.close();
    await Promise.race([events.flush(), new Promise((done) => setTimeout(done, 1000))]);
    api.close();
    runtime.close();
  };
  return { nodeName, refused, stop, [Symbol.asyncDispose]: stop };
}

async function versionOf(runtime: Runtime, endpoint: string): Promise<RuntimeVersion> {
  try {
    return await runtime.version();
  } catch (error) {
    runtime.close();
    throw new Error(noRuntime(endpoint, (error as Error).message));
  }
}

/** The membership is kept: the same command goes on from there. */
function noRuntime(endpoint: string, message: string): string {
  const [why] = /connect E\w+/.exec(message) ?? [message];
  const what = `no container runtime answers at ${endpoint} (${why})`;
  if (process.platform !== 'linux') return `${what}: a node needs Linux`;
  if (process.getuid?.() !== 0) return `${what}: run this as root`;
  return `${what}: start containerd, or name its socket with --container-runtime-endpoint, and run this again`;
}
