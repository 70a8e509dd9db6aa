/** The ways into a cluster: its tokens, and the members and links that it is shared by. */
import { failure } from '../../kube/machinery/status.ts';
import type { AccountKind } from '../../wire/account-rpc.ts';
import { NO_CLUSTER } from '../../wire/identity.ts';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import type { KeySet } from '../../wire/tokens.ts';
import { ShareLinks } from '../tenancy/sharing/links.ts';
import { Members } from '../tenancy/sharing/members.ts';
import { Sharing } from '../tenancy/sharing/sharing.ts';
import type { Sql } from '../tenancy/sql.ts';
import { TokenIssuer } from '../tenancy/token-issuer.ts';
import { type ClusterRecord, TokenRegistry } from '../tenancy/token-registry.ts';
import { accountAdmits, accountOf, type ObjectEnv, signingKeys } from './env.ts';
import { TOO_MANY_TOKENS } from './islet-api.ts';

export interface AccessPorts {
  sql: Sql;
  env: ObjectEnv;
  record: ClusterRecord;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
  /** Ends what a token has open. */
  ended(jti: string): void;
}

export class ClusterAccess {
  readonly tokens: TokenIssuer;
  readonly sharing: Sharing;
  readonly keys: () => KeySet;
  readonly #registry: TokenRegistry;
  readonly #ports: AccessPorts;

  constructor(ports: AccessPorts) {
    const { sql, env, record, now, uuid, ended } = ports;
    this.#ports = ports;
    const registry = new TokenRegistry(sql);
    registry.create(record);
    this.#registry = registry;
    let keySet: KeySet | undefined;
    this.keys = () => {
      keySet ??= signingKeys(env);
      return keySet;
    };
    const common = { cluster: record, registry, keys: this.keys, now, uuid };
    this.tokens = new TokenIssuer({ ...common, revoked: ended });
    this.sharing = new Sharing({
      ...common,
      members: new Members(sql),
      links: new ShareLinks(sql),
      ended,
      // A row that is left there leads nowhere: this cluster says who is a member.
      informAccount: (account) =>
        void accountOf(env, account)
          .membershipEnded({ cluster: record.id })
          .catch((error) => console.error(`cluster ${record.name}: a member's account was not informed`, error)),
      moved: ({ cluster, link }, from, to) =>
        void (env.CLUSTER.getByName(cluster) as unknown as ClusterRpc)
          .copyMoved({ link, from, to })
          .catch((error) => console.error(`cluster ${record.name}: its class was not told of its account`, error)),
      informOrigin: ({ cluster, link }, progress) =>
        (env.CLUSTER.getByName(cluster) as unknown as ClusterRpc).reportProgress({ ...progress, link }),
    });
  }

  readonly isRevoked = (jti: string): boolean => this.#registry.isRevoked(jti);

  /** Whether the account has this token of its own, and may see the cluster. */
  hasToken(account: string, jti: string): Promise<boolean> {
    const { env, record } = this.#ports;
    return accountAdmits(env, record, account, jti);
  }

  async adminToken(seconds?: number, by?: string): Promise<Result<string>> {
    return this.tokens.isFull ? TOO_MANY : { ok: true, value: await this.tokens.admin(seconds, by) };
  }

  async memberToken(account: string, seconds?: number, by?: string): Promise<Result<string>> {
    const now = this.#ports.now();
    if (this.#registry.isFullForMembers(now)) return TOO_MANY;
    if (this.#registry.isFullFor(account, now)) return TOO_MANY_OF_MEMBER;
    const token = await this.sharing.memberToken(account, seconds, by);
    return token === undefined ? { ok: false, status: failure('NotFound', NO_CLUSTER) } : { ok: true, value: token };
  }

  /** Tokens of accounts that were revoked there. */
  refuseTokens(tokens: { id: string; expires: number }[]): void {
    for (const { id, expires } of tokens) this.tokens.refuse(id, expires);
  }

  /** The limits are those of accounts of this kind from now on. */
  setKind(kind: AccountKind): void {
    this.#registry.setKind(kind);
    this.#ports.record.kind = kind;
  }

  /** {@link ClusterRpc.moveTo}. All parts that ask whose the cluster is have this record. */
  moveTo({ from, to, name, tokens, toOther }: Parameters<ClusterRpc['moveTo']>[0]): 'moved' | 'elsewhere' {
    const { record, ended } = this.#ports;
    if (record.account !== from && record.account !== to) return 'elsewhere';
    // Once: what the account after has made since is its own.
    if (record.account === from && toOther) {
      this.tokens.endKubeconfigs();
      this.sharing.endLinks();
    }
    if (record.account === from && !toOther) this.sharing.tellOriginOfMove(from, to);
    this.#registry.move(to, name);
    Object.assign(record, { account: to, name });
    this.sharing.removeMember(to, false);
    for (const jti of tokens) ended(jti);
    return 'moved';
  }

  /** The cluster is to be deleted: its members' accounts list it no longer. */
  informMembers(): void {
    for (const { account } of this.sharing.members()) this.sharing.removeMember(account, false);
  }
}

const TOO_MANY_OF_MEMBER = {
  ok: false,
  status: failure(
    'Forbidden',
    'you have as many kubeconfigs of this cluster as you may: use one of those, or ask its owner to revoke some',
  ),
} as const;
const TOO_MANY = { ok: false, status: failure('Forbidden', TOO_MANY_TOKENS) } as const;
