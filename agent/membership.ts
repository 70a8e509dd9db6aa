/** The agent's membership: of the cluster that its state names, or of the one that it joins now. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimsOf } from './api/claims.ts';
import { JOIN_AGAIN, joinCluster, type Membership, readMembership, whyNoMember, writeMembership } from './api/join.ts';
import type { Log } from './log.ts';

export interface JoinOptions {
  server?: string;
  token?: string;
  caCertHash?: string;
  nodeName?: string;
}

export interface JoinPorts {
  state: string;
  hostname: string;
  userAgent: string;
  log: Log;
}

/** Pods and Services as the cluster last sent them, in the agent's state (`kubelet/kubelet.ts`, `main.ts`). */
const CLUSTER_FILES = ['checkpoint', 'services.json'];

/** Throws an Error with one clear line. The membership of a cluster out of reach counts. */
export async function membershipOf(options: JoinOptions, ports: JoinPorts): Promise<Membership> {
  const { state, hostname, userAgent, log } = ports;
  const known = readMembership(state);
  const { server, token, caCertHash } = options;
  if (known && (!token || (options.nodeName ?? known.nodeName) === known.nodeName)) {
    const same = namesCluster(known, options);
    const why = same ? await whyNoMember(known, userAgent) : undefined;
    if (same && !why) {
      log.info(`node ${known.nodeName} is a member of ${known.server}`);
      return known;
    }
    if (why === 'cluster-deleted' && !token) throw new Error(`${known.server} was deleted: ${JOIN_AGAIN[why]}`);
    if (why && !token) throw new Error(`${known.server} no longer takes this node's token: ${JOIN_AGAIN[why]}`);
    if (!token) throw new Error(`${state} belongs to ${known.server}, not to ${server}: use another --state`);
  }
  if (!server || !token) {
    throw new Error(`${state} knows no cluster yet: pass --server and --token, as \`islet token create\` prints them`);
  }
  const nodeName = options.nodeName ?? hostname;
  const joined = await joinCluster({ server, token, nodeName, caCertHash, userAgent });
  const made = keepMembership(state, joined, known);
  log.info(`joined ${made.server} as node ${nodeName}`);
  return made;
}

/** Whether server and token, as far as they are given, name the cluster that the state knows: a service has many. */
export function namesCluster(known: Membership, { server, token }: JoinOptions): boolean {
  if (server) {
    if (!URL.canParse(server)) return false;
    const [asked, mine] = [new URL(server), new URL(known.server)];
    const path = asked.pathname.replace(/\/$/, '');
    if (asked.origin !== mine.origin || (path !== '' && path !== mine.pathname)) return false;
  }
  const cluster = token && claimsOf(token).cluster;
  return !cluster || cluster === clusterIdOf(known);
}

/** Writes a fresh membership, and removes what another cluster's, or another node's, has left of pods and Services. */
export function keepMembership(state: string, joined: Membership, known: Membership | undefined): Membership {
  const made = { ...joined, former: formerMemberships(joined, known) };
  const isSame = !known || (clusterIdOf(known) === clusterIdOf(joined) && known.nodeName === joined.nodeName);
  for (const name of isSame ? [] : CLUSTER_FILES) rmSync(join(state, name), { recursive: true, force: true });
  writeMembership(state, made);
  return made;
}

/** The cluster's id, as its address or the node's token names it. */
export function clusterIdOf({ server, token }: Membership): string {
  return claimsOf(token).cluster ?? server;
}

/** The memberships before this one: their pods are found by their labels. */
export function formerMemberships(made: Membership, known: Membership | undefined): NonNullable<Membership['former']> {
  if (!known) return [];
  const before = [...(known.former ?? []), { cluster: clusterIdOf(known), node: known.nodeName }];
  const now = clusterIdOf(made);
  const others = before.filter(({ cluster, node }) => cluster !== now || node !== made.nodeName);
  return [...new Map(others.map((owner) => [`${owner.cluster} ${owner.node}`, owner])).values()];
}
