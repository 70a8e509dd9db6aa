/** The node agent: the only file that wires its parts. `islet join` runs it. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import type { Service } from '../kube/types.ts';
import { ApiClient } from './api/client.ts';
import { isMember, JOIN_AGAIN, joinCluster, type Membership, readMembership, writeMembership } from './api/join.ts';
import { NodeToken } from './api/node-token.ts';
import { ObjectCache } from './api/objects.ts';
import { ClusterSocket } from './api/socket.ts';
import { Subscriptions } from './api/subscriptions.ts';
import { Folders } from './files/folders.ts';
import { readText } from './files/text-files.ts';
import { EventRecorder } from './kubelet/events.ts';
import { ImageManager } from './kubelet/images.ts';
import { addressTowards, machineFacts } from './kubelet/machine.ts';
import { NodeKeeper } from './kubelet/node.ts';
import { capacityOf, KUBELET_VERSION } from './kubelet/node-status.ts';
import { Observer } from './kubelet/observe.ts';
import { PodLoop } from './kubelet/pod-loop.ts';
import type { Log } from './kubelet/pod-ports.ts';
import { Relist } from './kubelet/relist.ts';
import { StatusManager } from './kubelet/status-manager.ts';
import { TokenCache } from './kubelet/tokens.ts';
import { NetworkManager } from './network/manager.ts';
import { CriRuntime } from './runtimes/cri/index.ts';
import type { Runtime, RuntimeVersion } from './runtimes/runtime.ts';
import { StreamServer } from './streams/serve.ts';
import { VolumeManager } from './volumes/manager.ts';

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
  /** Empty while the cluster serves no DNS: pods then use the node's. */
  clusterDNS?: readonly string[];
  log?: Log;
}

export interface Agent extends AsyncDisposable {
  readonly nodeName: string;
  /** Ends the agent; what runs on the node, runs on. */
  stop(): Promise<void>;
}

const USER_AGENT = `islet-agent/${KUBELET_VERSION} (${process.platform}/${process.arch})`;
const RELIST = 5_000;

/** Resolves when the node is registered and its pods are looked after; throws an Error with one clear line. */
export async function runAgent(options: AgentOptions): Promise<Agent> {
  const log = options.log ?? readableLog();
  const state = resolve(options.state);
  const folders = new Folders(state);
  folders.prepare();
  const facts = machineFacts(state);
  const membership = await membershipOf(options, state, facts.hostname, log);
  const { server, ca, nodeName } = membership;
  const runtime = new CriRuntime(options.containerRuntimeEndpoint);
  const version = await runtimeVersion(runtime, options.containerRuntimeEndpoint);

  const now = () => Date.now();
  const token = () => nodeToken.current;
  const link = { server, ca, token, userAgent: USER_AGENT };
  const api = new ApiClient(link);
  const nodeToken: NodeToken = new NodeToken(membership.token, {
    api,
    now,
    random: Math.random,
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    keep: (fresh) => writeMembership(state, { ...membership, token: fresh }),
    renewed: () => socket.redial(),
    log,
  });
  const addresses = [await addressTowards(server)];
  const events = new EventRecorder(api, nodeName, now, (text) => log.warn(text));

  const subscriptions = new Subscriptions({
    send: (message) => socket.send(message),
    after: (milliseconds, run) => void setTimeout(run, milliseconds),
    warn: (text) => log.warn(text),
  });
  const relist = new Relist({
    runtime,
    interval: RELIST,
    changed: (uids) => pods.wake(uids),
    failed: (error) => log.warn(`the container runtime: ${error.message}`),
  });
  const services = new Map<string, Service>();
  const pods: PodLoop = new PodLoop(
    {
      runtime,
      api,
      events,
      folders,
      volumes: new VolumeManager(folders),
      log,
      now,
      nodeName,
      objects: new ObjectCache(subscriptions, api),
      observer: new Observer(runtime, version.name),
      images: new ImageManager(runtime, now),
      statuses: new StatusManager(api, (text) => log.warn(text)),
      tokens: new TokenCache(api, now),
      dns: {
        clusterDNS: options.clusterDNS ?? [],
        clusterDomain: 'cluster.local',
        resolvConf: () => readText('/etc/resolv.conf'),
      },
      allocatable: capacityOf(facts).allocatable,
      nodeMemory: facts.memory,
      hostIPs: () => addresses,
      services: () => [...services.values()],
      listing: (uid) => relist.listing(uid),
      refresh: () => relist.refresh(),
    },
    relist,
    { known: () => node.known(), fetched: () => node.fetched() },
  );
  const node: NodeKeeper = new NodeKeeper(
    {
      name: nodeName,
      state,
      facts,
      addresses,
      runtimeVersion: version,
      podCIDR: options.podCIDR,
      cniConfDir: join(state, 'net.d'),
    },
    { runtime, network: new NetworkManager({ runtime, log, run: promisify(execFile) }), api, events, log, now },
  );
  const streams = new StreamServer(link, {
    runtime,
    log,
    find: (namespace, name, uid) => pods.find(namespace, name, uid),
    listing: (uid) => relist.listing(uid),
  });
  const socket: ClusterSocket = new ClusterSocket(
    { ...link, log },
    {
      up: () => {
        subscriptions.up();
        node.sync(true);
      },
      down: () => subscriptions.down(),
      events: (subscription, lines) => subscriptions.events(subscription, lines),
      message: (message) => {
        if (message.type === 'end') subscriptions.ended(message);
        else if (message.type === 'open-stream') streams.open(message);
        else streams.closeFor(message.holder);
      },
    },
  );

  await node.start(subscriptions);
  subscriptions.watch('/api/v1/services', {
    changed: (object) =>
      services.set(`${object.metadata.namespace}/${object.metadata.name}`, object as unknown as Service),
    deleted: (object) => services.delete(`${object.metadata.namespace}/${object.metadata.name}`),
    synced: () => pods.start(subscriptions),
  });
  relist.start();
  socket.dial();
  nodeToken.start();

  const stop = async () => {
    nodeToken.stop();
    pods.stop();
    node.stop();
    relist.stop();
    streams.close();
    socket.close();
    await Promise.race([events.flush(), new Promise((done) => setTimeout(done, 1000))]);
    api.close();
    runtime.close();
  };
  return { nodeName, stop, [Symbol.asyncDispose]: stop };
}

async function membershipOf(options: AgentOptions, state: string, hostname: string, log: Log): Promise<Membership> {
  const known = readMembership(state);
  const { server, token, caCertHash } = options;
  if (known && (!token || (options.nodeName ?? known.nodeName) === known.nodeName)) {
    const same = !server || new URL(server).origin === new URL(known.server).origin;
    if (same && (await isMember(known, USER_AGENT))) {
      log.info(`node ${known.nodeName} is a member of ${known.server}`);
      return known;
    }
    if (same && !token) throw new Error(`${known.server} no longer takes this node's token: ${JOIN_AGAIN}`);
    if (!token) throw new Error(`${state} belongs to ${known.server}, not to ${server}: use another --state`);
  }
  if (!server || !token) {
    throw new Error(`${state} knows no cluster yet: pass --server and --token, as \`islet token create\` prints them`);
  }
  const nodeName = options.nodeName ?? hostname;
  const made = await joinCluster({ server, token, nodeName, caCertHash, userAgent: USER_AGENT });
  writeMembership(state, made);
  log.info(`joined ${made.server} as node ${nodeName}`);
  return made;
}

async function runtimeVersion(runtime: Runtime, endpoint: string): Promise<RuntimeVersion> {
  try {
    return await runtime.version();
  } catch (error) {
    runtime.close();
    throw new Error(`no container runtime answers at ${endpoint}: ${(error as Error).message}`);
  }
}

/** One line a message: the time, and the text. */
function readableLog(): Log {
  const write = (text: string) => {
    const line = JSON.parse(text) as { level: number; time: number; msg: string };
    const mark = line.level >= 50 ? 'ERROR ' : line.level >= 40 ? 'warn  ' : '';
    process.stdout.write(`${new Date(line.time).toISOString().slice(11, 19)} ${mark}${line.msg}\n`);
  };
  const logger = pino({ base: null }, { write });
  return {
    info: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    error: (text) => logger.error(text),
  };
}
