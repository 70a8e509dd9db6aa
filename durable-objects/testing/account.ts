/** A whole account in memory, with clusters that note what they are told. */

import type { AccountRpc } from '../../wire/account-rpc.ts';
import type { Claims } from '../../wire/identity.ts';
import { NO_LIMITS } from '../../wire/quota.ts';
import type { ClusterRpc, Result } from '../../wire/rpc.ts';
import { dispatch, rpcOf } from '../../wire/rpc-call.ts';

import { openNodeSql } from '../store/sql/node.ts';
import { openAccount } from '../tenancy/account/account.ts';
import { TestKeys } from './keys.ts';

export class TestAccount {
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);
  due: number | undefined;
  readonly name: string;
  /** Calls of clusters: `ID method`. */
  readonly told: string[] = [];
  /** Other accounts, by name. */
  readonly accounts = new Map<string, AccountRpc>();
  /** Answers of clusters that are to move. */
  moveTo: (id: string, request: Parameters<ClusterRpc['moveTo']>[0]) => ReturnType<ClusterRpc['moveTo']> = async () =>
    'moved';
  readonly rpc: AccountRpc;
  /** The last use of each cluster. */
  lastAsked = 0;
  /** Whether a call of a cluster fails: `ID method`. */
  fails: (call: string) => boolean = () => false;
  /** Answers of clusters that are others'. */
  accepts: ClusterRpc['acceptLink'] = async () => ({ ok: true, value: { name: 'shared', role: 'view' } });
  readonly #account: ReturnType<typeof openAccount>;
  #ids: number;

  /** `ids` so that several accounts have none in common. */
  constructor(name = 'ada', ids = 0) {
    this.#ids = ids;
    this.name = name;
    this.#account = openAccount({
      sql: openNodeSql(),
      limits: { clusters: 3, clustersPerMinute: 10, undeleteHours: 72 },
      cluster: (id) => this.#cluster(id),
      account: (name) => this.accounts.get(name) ?? noAccount(name),
      address: (name) => ({
        admit: async () => ({ ok: true, value: null }),
        release: async ({ account }) => void this.told.push(`${name} release ${account}`),
      }),
      quotaOf: (kind) => ({
        ...NO_LIMITS,
        clusters: kind === 'visitor' ? 2 : 3,
        nodes: kind === 'visitor' ? 5 : 0,
        streamMinutes: 5,
      }),
      visitorMs: 3 * 24 * 3600_000,
      keys: () => TestKeys,
      now: () => this.now,
      random: (bytes) => new Uint8Array(bytes).fill(++this.#ids),
      uuid: () => `id-${++this.#ids}`,
      setAlarm: (due) => {
        this.due = due;
      },
      wipe: async () => {
        this.due = undefined;
        this.told.push('wiped');
      },
    });
    const { handlers } = this.#account;
    this.rpc = rpcOf<AccountRpc>({ call: (method, request) => dispatch(handlers, method, request) });
  }

  /** The id of a credential: of a person who has just signed in. */
  async begin(kind: 'visitor' | 'person' = 'person'): Promise<string> {
    const by = kind === 'visitor' ? 'visitor' : 'passkey';
    const address = kind === 'visitor' ? 'a-1' : undefined;
    const { token } = value(await this.rpc.begin({ account: this.name, kind, by, agent: 'Firefox', address }));
    return (await this.claims(token)).jti;
  }

  claims(token: string): Promise<Claims> {
    return TestKeys.verify(token, this.now);
  }

  /** Lets time pass, and rings the alarm when it is due. Milliseconds. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    while (this.due !== undefined && this.due <= end) {
      this.now = Math.max(this.now, this.due);
      this.due = undefined;
      await this.#account.alarm();
    }
    this.now = end;
  }

  #cluster(id: string): ClusterRpc {
    const note = async (method: string): Promise<void> => {
      if (this.fails(`${id} ${method}`)) throw new Error(`${id} is not there`);
      this.told.push(`${id} ${method}`);
    };
    const rpc: Partial<ClusterRpc> = {
      initialise: () => note('initialise'),
      adminToken: async ({ seconds } = {}) => ({
        ok: true,
        value: `token of ${id}${seconds === undefined ? '' : ` for ${seconds} seconds`}`,
      }),
      refuseTokens: (tokens) => note(`refuseTokens ${tokens.map((token) => token.id)}`),
      destroy: () => note('destroy'),
      acceptLink: (request) => this.accepts(request),
      moveTo: (request) => this.moveTo(id, request),
      call: (method, request) =>
        method === 'metering'
          ? Promise.resolve({ ok: true, value: { lastAsked: this.lastAsked } })
          : note(`${method} ${JSON.stringify(request)}`).then(() => ({
              ok: true,
              value: method === 'snapshotAt' ? { revision: 7, without: [] } : null,
            })),
      setOrigin: ({ link }) => note(`setOrigin ${link}`),
      succeed: async ({ from, to }) => {
        await note(`succeed ${from} ${to}`);
        return { name: 'shared', role: 'view' };
      },
      leave: ({ account }) => note(`leave ${account}`),
      memberToken: async ({ account }) => ({ ok: true, value: `token of ${account} for ${id}` }),
    };
    return rpc as ClusterRpc;
  }
}

function noAccount(name: string): never {
  throw new Error(`there is no account ${name}`);
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.value;
}
