/** Events of a cluster as a whole: it becomes the copy of another, is put away, is taken up again, and ends. */
import type { DurableObjectState } from '@cloudflare/workers-types';
import { failure } from '../../kube/machinery/status.ts';
import type { ClusterLifeRpc, ClusterUse } from '../../wire/cluster-life-rpc.ts';
import { NO_CLUSTER } from '../../wire/identity.ts';
import { NO_LIMITS } from '../../wire/quota.ts';
import type { Result } from '../../wire/rpc.ts';
import { type Callable, type Handlers, rpcOf } from '../../wire/rpc-call.ts';
import { ApiError, statusOf } from '../apiserver/errors.ts';
import { restoreLines } from '../history/import.ts';
import { BadFile } from '../history/read-file.ts';
import { Notes } from '../store/notes.ts';
import { StoreRestore } from '../store/restore.ts';
import { durableObjectSql } from '../store/sql/durable-object.ts';
import type { SqlPort } from '../store/sql/port.ts';
import { type ClusterRecord, TokenRegistry } from '../tenancy/token-registry.ts';
import { ClusterAccess } from './cluster-access.ts';
import type { ClusterService } from './cluster-service.ts';
import { beyondLimits } from './copy-limits.ts';
import { type ObjectEnv, quotaOf, sealer } from './env.ts';
import { arriving } from './import-file.ts';
import { PutAway } from './put-away.ts';

export interface ClusterLifePorts {
  ctx: DurableObjectState;
  env: ObjectEnv;
  /** undefined while the storage is no cluster, or one that is put away. */
  running(): ClusterService | undefined;
  open(record: ClusterRecord): ClusterService;
  /** Closes every socket, and ends all that goes on; the storage stays. */
  close(comesBack: boolean): void;
}

/** As many as `islet clusters create` makes. */
const DEFAULT_SIMULATED_NODES = 3;

/** The note of the source and the revision that a cluster is a copy of. */
const MADE_OF = 'islet.made-of';
const GIVEN_UP = 'the storage is made another cluster by now';

interface CopyOf {
  source: string;
  revision: number;
  /** Of both. */
  name: string;
}
type Copied = { restore: StoreRestore; notes: Readonly<Record<string, string>> };
type Request<M extends keyof ClusterLifeRpc> = Parameters<ClusterLifeRpc[M]>[0];

/** Tries of one page: the source may be moved, or be replaced by another build. */
const TRIES = 5;
const RETRY_MS = 200;

export class ClusterLife {
  readonly #ports: ClusterLifePorts;
  readonly #sql: SqlPort;
  readonly #putAway: PutAway;
  /** Counts what the storage was made of, and wiped of: work for an earlier one goes on no more. */
  #making = 0;

  constructor(ports: ClusterLifePorts) {
    this.#ports = ports;
    this.#sql = durableObjectSql(ports.ctx.storage);
    this.#putAway = new PutAway(this.#sql);
  }

  readonly handlers: Handlers<ClusterLifeRpc> = {
    snapshotAt: ({ revision, by }) => {
      const refusal = by === undefined ? undefined : this.#ports.running()?.access.sharing.refusesCopy(by);
      return (
        refusal ?? this.#with(({ copies }) => ({ ...copies.head(revision), without: this.#record()?.without ?? [] }))
      );
    },
    snapshotRows: ({ revision, position }) => this.#with(({ copies }) => copies.rows(revision, position)),
    restoreFrom: (copy) => this.#restoreFrom(copy),
    importFrom: (request) => this.#importFrom(request),
    putAway: ({ until }) => this.#put(until),
    takeUp: ({ name }) => this.#takeUp(name),
    usage: () => this.#with(({ copies }) => copies.use()),
    setKind: ({ kind }) =>
      this.#with(({ access }) => {
        access.setKind(kind);
        return null;
      }),
    metering: () =>
      this.#with((service) => {
        const { bytes: bytesStored, objects } = service.copies.use();
        return { bytesStored, objects, ...service.use() };
      }),
  };

  get isPutAway(): boolean {
    return this.#putAway.until !== undefined;
  }

  /** The cluster that the storage has, if it is served. */
  served(): ClusterRecord | undefined {
    return this.isPutAway ? undefined : this.#record();
  }

  /** Storage of a copy that was not finished is none of a new cluster's. */
  async forgetHalfCopy(): Promise<void> {
    if (!this.#ports.running() && StoreRestore.underWay(this.#sql)) await this.#wipe();
  }

  /** Of a storage that is not served. */
  async alarm(): Promise<void> {
    const { until } = this.#putAway;
    if (until === undefined) return;
    if (until <= Date.now()) await this.destroy();
    else await this.#ports.ctx.storage.setAlarm(until);
  }

  /** Forgets everything. */
  async destroy(): Promise<void> {
    const { running, close } = this.#ports;
    const record = this.#record();
    // A control plane that is not running is not begun for its end, and could not where its objects are broken.
    const access = running()?.access ?? (record && this.#accessOf(record));
    access?.informMembers();
    close(false);
    await this.#wipe();
  }

  /** Of a cluster that is put away: who can have it back may change, and tokens of it end. undefined where there is none. */
  get accessPutAway(): ClusterAccess | undefined {
    const record = this.isPutAway ? this.#record() : undefined;
    return record && this.#accessOf(record);
  }

  #accessOf(record: ClusterRecord): ClusterAccess {
    const { env } = this.#ports;
    const uuid = (): string => crypto.randomUUID();
    return new ClusterAccess({ sql: this.#sql, env, record, now: () => Date.now(), uuid, ended: () => {} });
  }

  async #wipe(): Promise<void> {
    const { storage } = this.#ports.ctx;
    this.#making++;
    await storage.deleteAlarm();
    await storage.deleteAll();
  }

  #record(): ClusterRecord | undefined {
    return TokenRegistry.exists(this.#sql) ? new TokenRegistry(this.#sql).record() : undefined;
  }

  async #put(until: number): Promise<void> {
    // Storage that was wiped before is nothing that could be had back.
    if (!this.#record()) return;
    this.#ports.close(true);
    this.#putAway.set(until);
    await this.#ports.ctx.storage.setAlarm(until);
  }

  #takeUp(name: string): Result<ClusterUse> {
    if (this.isPutAway) this.#putAway.end(name);
    const record = this.served();
    if (record && !this.#ports.running()) {
      // The alarm was for the end: the timers of the cluster are due before, or long ago.
      void this.#ports.ctx.storage.setAlarm(Date.now());
      this.#ports.open(record);
    }
    return this.#with(({ copies }) => copies.use());
  }

  #with<T>(work: (service: ClusterService) => T): Result<T> {
    const service = this.#ports.running();
    if (!service) return { ok: false, status: failure('NotFound', NO_CLUSTER) };
    try {
      return { ok: true, value: work(service) };
    } catch (error) {
      if (error instanceof ApiError) return { ok: false, status: statusOf(error) };
      throw error;
    }
  }

  async #restoreFrom({ cluster, source, revision }: Request<'restoreFrom'>): Promise<Result<ClusterUse>> {
    const { running, open } = this.#ports;
    const name = `${source}@${revision}`;
    // A call whose account died before it noted the end has made it of something else.
    if (running() && new Notes(this.#sql).read(MADE_OF) !== name) await this.destroy();
    if (!running()) {
      const copied = await this.#copyRows({ source, revision, name }, this.#limits(cluster));
      if (!copied.ok) return copied;
      // In one turn, so that the storage is a cluster or a copy that is not whole. No request has reached it until now.
      copied.value.restore.finish({ ...copied.value.notes, [MADE_OF]: name }, { revision, oldest: revision });
      open(cluster);
    }
    await running()?.copies.adopt();
    return this.#with(({ copies }) => copies.use());
  }

  async #importFrom({ cluster, file }: Request<'importFrom'>): Promise<Result<ClusterUse>> {
    // A cluster that an earlier call made, of which its account does not know, would be written over.
    if (this.#ports.running()) await this.destroy();
    await this.forgetHalfCopy();
    try {
      const arrived = await arriving(file);
      if (arrived.format === 'yaml') await this.#importManifest(cluster, await arrived.text());
      else await this.#importLines(cluster, arrived.lines());
    } catch (error) {
      if (!(error instanceof BadFile)) throw error;
      await this.destroy();
      return { ok: false, status: failure('Invalid', `nothing was imported: ${error.message}`) };
    }
    return this.#with(({ copies }) => copies.use());
  }

  async #importLines(cluster: ClusterRecord, lines: AsyncIterable<string>): Promise<void> {
    const { env, open } = this.#ports;
    const restore = new StoreRestore(this.#sql, sealer(env, console.error), { source: 'file', hasPast: true });
    const isCurrent = this.#begin();
    const beyond = this.#limits(cluster);
    const horizons = await restoreLines(lines, restore, (isWhole) => {
      if (!isCurrent()) throw new Error(GIVEN_UP);
      return beyond(isWhole);
    });
    restore.finish({}, horizons);
    let service: ClusterService;
    try {
      service = open(cluster);
    } catch (error) {
      // It would be a cluster that never opens.
      throw new BadFile(`the file has an object that no API would have taken: ${(error as Error).message}`);
    }
    await service.copies.adopt();
  }

  async #importManifest(cluster: ClusterRecord, text: string): Promise<void> {
    const service = this.#ports.open(cluster);
    await service.initialise(DEFAULT_SIMULATED_NODES);
    await service.copies.applyManifest(text);
  }

  /** Making the storage a cluster begins: whether it is still this call that makes it. */
  #begin(): () => boolean {
    const making = ++this.#making;
    return () => making === this.#making;
  }

  /** Objects are counted at the end, and bytes at each piece. */
  #limits({ kind }: Pick<ClusterRecord, 'kind'>): (isWhole: boolean) => string | undefined {
    const quota = quotaOf(this.#ports.env, kind);
    return (isWhole) => beyondLimits(this.#sql, isWhole ? quota : { ...NO_LIMITS, bytes: quota.bytes });
  }

  async #copyRows(
    { source, revision, name }: CopyOf,
    beyond: (isWhole: boolean) => string | undefined,
  ): Promise<Result<Copied>> {
    const { env } = this.#ports;
    const before = StoreRestore.underWay(this.#sql);
    if (before && before.source !== name) await this.#wipe();
    const isCurrent = this.#begin();
    const from = rpcOf<ClusterLifeRpc>(env.CLUSTER.getByName(source) as unknown as Callable);
    const head = await from.snapshotAt({ revision });
    if (!head.ok) return head;
    if (!isCurrent()) throw new Error(GIVEN_UP);
    const restore = new StoreRestore(this.#sql, sealer(env, console.error), { source: name, hasPast: false });
    while (!restore.progress.isWhole) {
      const { position } = restore.progress;
      const page = await again(() => from.snapshotRows({ revision, position }));
      if (!page.ok) return page;
      if (!isCurrent()) throw new Error(GIVEN_UP);
      restore.add(page.value.rows, page.value.next);
      const problem = beyond(restore.progress.isWhole);
      if (problem) return { ok: false, status: failure('Forbidden', `the cluster cannot be copied: ${problem}`) };
    }
    return { ok: true, value: { restore, notes: head.value.notes } };
  }
}

async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, tries * RETRY_MS));
    }
  }
}
