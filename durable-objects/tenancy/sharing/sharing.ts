/** Sharing a cluster: links are made, accepted and taken back; members have a role until they leave or are removed. */
import type { Status } from '../../../kube/machinery/status.ts';
import { type Claims, NO_CLUSTER } from '../../../wire/identity.ts';
import type { Origin, ReportedProgress, Result } from '../../../wire/rpc.ts';
import {
  type LinkKind,
  type LinkOffer,
  type LinkUse,
  type Member,
  ROLES,
  type Role,
  type ShareLink,
} from '../../../wire/sharing.ts';
import type { KeySet } from '../../../wire/tokens.ts';
import { refuse } from '../account-clusters.ts';
import { linkClaims, memberClaims } from '../claims.ts';
import type { ClusterRecord, TokenRegistry } from '../token-registry.ts';
import type { ShareLinks } from './links.ts';
import type { Members } from './members.ts';

export interface SharingPorts {
  cluster: ClusterRecord;
  members: Members;
  links: ShareLinks;
  registry: TokenRegistry;
  keys(): KeySet;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** Ends what a token has open. */
  ended(jti: string): void;
  /** Informs a member's account that it is one no longer. */
  informAccount(account: string): void;
  /** Informs the cluster that this one was copied of. */
  informOrigin(origin: Origin, progress: ReportedProgress): Promise<void>;
  /** Informs that cluster that the copy is another account's by now. */
  moved(origin: Origin, from: string, to: string): void;
}

export interface NewLink {
  role: LinkKind;
  seconds: number;
  label: string;
  /** The user that makes it. */
  by: string;
  maxUses?: number;
}

export const NO_LINK = 'this link does not exist any more: ask for a new one';
const USED_UP = 'this link was used as often as it may be: ask for a new one';
const REMOVED = 'you were removed from this cluster: ask its owner for a new link';
const FULL = 'this cluster has as many members as it may have: remove some first';
const NO_COPY = 'a copy has all that the cluster has, Secrets too: only who administers the cluster can fork it';
const TOO_MANY = 'this cluster has as many links as it may have: revoke some first';

export class Sharing {
  readonly #ports: SharingPorts;

  constructor(ports: SharingPorts) {
    this.#ports = ports;
  }

  /** The link's token, which is shown once. */
  async createLink({ role, seconds, label, by, maxUses }: NewLink): Promise<Result<ShareLink & { token: string }>> {
    const { cluster, links, keys, now, uuid } = this.#ports;
    const claims = linkClaims(cluster.id, seconds, { jti: uuid(), now: now() });
    const record = { id: claims.jti, role, label, created: now(), expires: claims.exp * 1000, by, maxUses };
    if (!links.add(record)) return refuse('Forbidden', TOO_MANY);
    const made = links.find(claims.jti, now());
    return made ? { ok: true, value: { ...made, token: await keys().sign(claims) } } : refuse('NotFound', NO_LINK);
  }

  /** With the people that came by each. */
  links(): (ShareLink & { usedBy: LinkUse[] })[] {
    const { links, now } = this.#ports;
    return links.list(now()).map((link) => ({ ...link, usedBy: links.usesOf(link.id) }));
  }

  /** `withMembers`: those that came by it are members no longer. */
  revokeLink(id: string, withMembers: boolean): ShareLink | undefined {
    const { links, members, now } = this.#ports;
    const revoked = links.remove(id, now());
    if (!revoked || !withMembers) return revoked;
    for (const { account, link } of members.list()) if (link === id) this.removeMember(account, true);
    return revoked;
  }

  /** Members stay. */
  endLinks(): void {
    const { links, now } = this.#ports;
    for (const { id } of links.list(now())) links.remove(id, now());
  }

  offer(id: string): Result<LinkOffer> {
    const { cluster, links, now } = this.#ports;
    const link = links.find(id, now());
    if (!link) return refuse('NotFound', NO_LINK);
    if (isUsedUp(link)) return refuse('Forbidden', USED_UP);
    const { role, by, expires } = link;
    return { ok: true, value: { cluster: cluster.name, role, by, expires } };
  }

  /** The role that the account has from now on. A link gives more, and takes nothing. */
  accept(id: string, account: string, name: string): Result<{ name: string; role: LinkKind }> {
    const { cluster, links, members, now } = this.#ports;
    const link = links.find(id, now());
    if (!link) return refuse('NotFound', NO_LINK);
    const has = members.roleOf(account);
    const before = links.useBy(id, account);
    if (before === 'barred' && !has) return refuse('Forbidden', REMOVED);
    if (isUsedUp(link) && before === 'none') return refuse('Forbidden', USED_UP);
    const isMember = has !== undefined || link.role === 'copy';
    if (!isMember && members.isFull) return refuse('Forbidden', FULL);
    links.use(id, { account, name, at: now() });
    if (link.role === 'copy') return { ok: true, value: { name: cluster.name, role: 'copy' } };
    // A member whose role the owner lessened does not get it back by the same link.
    const stays = has && (before === 'barred' || isAtLeast(has, link.role));
    const role = stays ? has : link.role;
    if (role !== has) this.#set({ account, name, role, joined: now(), link: id });
    return { ok: true, value: { name: cluster.name, role } };
  }

  /** From a copy that a link gave. */
  report(link: string, progress: ReportedProgress): void {
    const { links, now } = this.#ports;
    links.report(link, progress, now());
  }

  setOrigin(origin: Origin): void {
    this.#ports.links.setOrigin(origin);
  }

  /** False where the cluster is not a copy that a link gave. */
  async tellOrigin(progress: Omit<ReportedProgress, 'account'>): Promise<boolean> {
    const { cluster, links, informOrigin } = this.#ports;
    const { origin } = links;
    if (!origin) return false;
    await informOrigin(origin, { ...progress, account: cluster.account });
    return true;
  }

  /** The person of the copy is known by another account from now on. */
  tellOriginOfMove(from: string, to: string): void {
    const { links, moved } = this.#ports;
    const { origin } = links;
    if (origin) moved(origin, from, to);
  }

  members(): Member[] {
    return this.#ports.members.list();
  }

  /** A member who is to have less does not get it back by the links that they came by. */
  changeRole(account: string, role: Role): Member | undefined {
    const found = this.members().find((member) => member.account === account);
    if (!found) return undefined;
    if (!isAtLeast(role, found.role)) this.#ports.links.bar(account);
    if (found.role !== role) this.#set({ ...found, role, joined: Date.parse(found.joined) });
    return { ...found, role };
  }

  /** `to` is in place of `from`; undefined where it has no role then, as when it was removed before. */
  succeed(from: string, to: string): { name: string; role: Role } | undefined {
    const { cluster, links, members, now } = this.#ports;
    if (to === cluster.account) {
      this.removeMember(from, false);
      return undefined;
    }
    const found = this.members().find(({ account }) => account === from);
    const has = members.roleOf(to);
    const mayHave = found && links.useBy(found.link, to) !== 'barred';
    links.succeed(from, to);
    if (found) this.removeMember(from, false);
    if (found && mayHave && !(has && isAtLeast(has, found.role))) {
      const { name, role, link } = found;
      this.#set({ account: to, name, role, link, joined: now() });
    }
    const role = members.roleOf(to);
    return role && { name: cluster.name, role };
  }

  /** A copy that the link gave is `to`'s by now. */
  copyMoved(link: string, from: string, to: string): void {
    this.#ports.links.succeed(from, to, link);
  }

  /** `barred`: by the links that the member came by, it does not come back. One who leaves may. */
  removeMember(account: string, barred: boolean): Member | undefined {
    const { members, links, ended, informAccount } = this.#ports;
    const found = this.members().find((member) => member.account === account);
    if (found && barred) links.bar(account);
    for (const jti of members.remove(account)) ended(jti);
    if (found) informAccount(account);
    return found;
  }

  /** A token for a member's kubeconfig: its rights are the member's, at any time. undefined for no member. */
  async memberToken(account: string, seconds?: number, by?: string): Promise<string | undefined> {
    const { cluster, members, registry, keys, now, uuid } = this.#ports;
    if (!members.roleOf(account)) return undefined;
    const claims = memberClaims(cluster.id, account, { jti: uuid(), now: now() }, seconds);
    registry.add({ jti: claims.jti, kind: 'member', created: now(), expires: claims.exp * 1000, account, issuer: by });
    return keys().sign(claims);
  }

  /** The refusal of a copy to an account that does not administer the cluster now: a copy has all, Secrets too. */
  refusesCopy(account: string): { ok: false; status: Status } | undefined {
    const { cluster, members } = this.#ports;
    const role = members.roleOf(account);
    if (account === cluster.account || role === 'admin') return undefined;
    return role ? refuse('Forbidden', NO_COPY) : refuse('NotFound', NO_CLUSTER);
  }

  /** The role of a member, whose token is noted: what it opens ends with the role. */
  roleOf({ account, jti, exp }: Claims): Role | undefined {
    if (account === undefined) return undefined;
    const { members, now } = this.#ports;
    const role = members.roleOf(account);
    if (role) members.note({ account, jti, expires: exp * 1000, now: now() });
    return role;
  }

  #set(member: Parameters<Members['set']>[0]): void {
    const { members, ended } = this.#ports;
    members.set(member);
    // Watches and sockets that are open have the rights of the role before.
    for (const jti of members.takeTokens(member.account)) ended(jti);
  }
}

function isAtLeast(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(other);
}

function isUsedUp({ uses, maxUses }: ShareLink): boolean {
  return maxUses !== undefined && uses >= maxUses;
}
