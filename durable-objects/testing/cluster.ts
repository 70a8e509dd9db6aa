/**
 * A whole cluster in one process, in milliseconds: store on `node:sqlite`, pipeline, controllers, scheduler, simulated
 * nodes, put together as the Durable Object does, with a clock that stands still until it is told to go on.
 */
import { DatabaseSync } from 'node:sqlite';
import type { KindRegistry } from '../../kube/kinds/registry.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { failure } from '../../kube/machinery/status.ts';
import type { Component } from '../../wire/rpc.ts';
import { decodeServerFrame } from '../../wire/socket.ts';
import type { Outbound } from '../apiserver/outbound.ts';
import type { ApiAnswer, ApiRequest, UserInfo } from '../apiserver/request.ts';
import { testIdentity } from '../apiserver/testing/identity.ts';
import type { Sealer } from '../store/sealer.ts';
import { nodeSql } from '../store/sql/node.ts';
import { assemble } from '../wiring/assemble.ts';
import type { ControlPlane, ControlPlanePorts } from '../wiring/control-plane.ts';
import type { Reply, TestClusterOptions } from './cluster-options.ts';
import { mortal } from './mortal-sql.ts';

export type { Reply, TestClusterOptions } from './cluster-options.ts';

export const ADMIN: UserInfo = { name: 'islet:admin', groups: ['system:masters', 'system:authenticated'] };
const START = Date.parse('2026-01-02T03:04:05Z');
/** Turns of the event loop without anything to do, after which nothing more is expected to happen. */
const QUIET_TURNS = 3;

interface Deferred {
  due: number;
  run(): void;
}

export class TestCluster {
  /** Unexpected errors. */
  readonly reported: unknown[] = [];
  /** Rows written over all lives; production bills them. */
  rowsWritten = 0;
  readonly database = new DatabaseSync(':memory:');
  #controlPlane!: ControlPlane;
  #life = 0;
  #deferred: Deferred[] = [];
  #now = START;
  #alarm: number | undefined;
  #seed: number;
  #sealer: Sealer | undefined;
  #build = 'test';
  readonly #heard: ReadonlyMap<string, number>;
  readonly #without: readonly Component[];
  readonly #outbound: Outbound | undefined;
  readonly #usage: ControlPlanePorts['usage'];
  /** The object dies in the step that commits this revision. */
  diesAt: number | undefined;

  private constructor(options: TestClusterOptions) {
    const { seed = 1, sealer, heard = new Map(), without = [], outbound, usage, diesAt } = options;
    this.#usage = usage;
    this.diesAt = diesAt;
    this.#seed = seed;
    this.#sealer = sealer;
    this.#heard = heard;
    this.#without = without;
    this.#outbound = outbound;
  }

  static async start({ simulatedNodes = 3, ...options }: TestClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    cluster.#open();
    await cluster.#driven(cluster.#controlPlane.initialise(simulatedNodes));
    await cluster.settle();
    return cluster;
  }

  /** The kinds of this life of the object: definitions are not kept over an eviction. */
  get kinds(): KindRegistry {
    return this.#controlPlane.kinds;
  }

  /** The time at which the object wakes by itself. */
  get alarm(): number | undefined {
    return this.#alarm;
  }

  get now(): number {
    return this.#now;
  }

  get revision(): number {
    return this.#controlPlane.stats().revision;
  }

  get hub(): ControlPlane['hub'] {
    return this.#controlPlane.hub;
  }

  /** What a copy of a cluster does before it is one. */
  adopt(): Promise<void> {
    return this.#driven(this.#controlPlane.copies.adopt());
  }

  /** The answer about the scheduler's last decision on a pod. */
  why(query: string): ReturnType<ControlPlane['why']> {
    return this.#controlPlane.why(query);
  }

  /** Nodes tell of changes by this. */
  get news(): ControlPlane['news'] {
    return this.#controlPlane.news;
  }

  /** A request as the object gets it from the edge. */
  handle(request: ApiRequest): Promise<ApiAnswer> {
    return this.#driven(this.#controlPlane.handle(request));
  }

  /** `METHOD /path?query`; an object is sent as JSON. Does not wait for consequences. */
  async send<T = KubeObject>(
    line: string,
    body?: unknown,
    contentType = 'application/json',
    accept = '',
  ): Promise<Reply<T>> {
    const space = line.indexOf(' ');
    const [path = '', query = ''] = line.slice(space + 1).split('?', 2);
    const headers: Record<string, string> = { 'content-type': contentType, accept, 'user-agent': 'kubectl/test' };
    const answer = await this.handle({
      method: line.slice(0, space),
      path,
      query,
      header: (name) => headers[name],
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      user: ADMIN,
    });
    if (answer.type !== 'response') throw new Error(`${line} answered a ${answer.type}`);
    const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
    const isPage = answer.headers['content-type']?.startsWith('text/plain');
    const missing = isPage && answer.status === 404;
    const read = missing ? failure('NotFound', text.trim()) : isPage ? text : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, body: read as T };
  }

  /** The answer's object; anything but success is an error with the server's words. */
  async must<T = KubeObject>(line: string, body?: unknown, contentType?: string, accept?: string): Promise<T> {
    const reply = await this.send<T & { message?: string }>(line, body, contentType, accept);
    if (reply.status >= 400) throw new Error(`${line}: ${reply.status} ${reply.body.message}`);
    return reply.body;
  }

  async list<T extends KubeObject = KubeObject>(path: string): Promise<T[]> {
    return (await this.must<{ items: T[] }>(`GET ${path}`)).items;
  }

  /** Lines of events, as they come, and `end` when the watch does; `stop` closes the socket. */
  async watch(path: string): Promise<{ lines: string[]; stop(): void }> {
    const question = path.includes('?') ? '&' : '?';
    const [where = '', query = ''] = `${path}${question}watch=true`.split('?', 2);
    const request = { method: 'GET', path: where, query, header: () => undefined, user: ADMIN };
    const answer = await this.handle(request);
    if (answer.type !== 'watch') throw new Error(`${path} answered a ${answer.type}`);
    const lines: string[] = [];
    const { hub } = this;
    const peer = {
      id: this.#uuid(),
      send(text: string) {
        const frame = decodeServerFrame(text);
        if (frame.type === 'events') lines.push(...frame.lines.trimEnd().split('\n'));
        else if (frame.type === 'message') lines.push(frame.message.type);
      },
      close() {},
    };
    hub.subscribe(peer, 1, answer.watch);
    return { lines, stop: () => hub.closed(peer.id) };
  }

  /** Runs until nothing is left to do at this time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) quiet = (await this.step()) ? 0 : quiet + 1;
  }

  /** One deferred piece of work, or the alarm if it is due. Returns whether there was any. */
  async step(): Promise<boolean> {
    const next = this.#deferred.findIndex(({ due }) => due <= this.#now);
    if (next >= 0) this.#deferred.splice(next, 1)[0]?.run();
    // Promises that a turn settles at once are part of it: an object is never evicted in between.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.diesAt !== undefined && this.revision >= this.diesAt) {
      this.diesAt = undefined;
      this.evict();
      return true;
    }
    if (next >= 0) return true;
    if (this.#alarm === undefined || this.#alarm > this.#now) return false;
    this.#alarm = undefined;
    await this.#driven(this.#controlPlane.alarm(this.#now));
    this.#alarm = this.#controlPlane.nextAlarm();
    return true;
  }

  /** Lets time pass, stopping wherever something comes due. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (;;) {
      const due = Math.min(this.#alarm ?? Number.POSITIVE_INFINITY, ...this.#deferred.map((each) => each.due));
      if (due > end) break;
      this.#now = Math.max(this.#now, due);
      await this.settle();
    }
    this.#now = end;
    await this.settle();
  }

  /** The clock of the machine is set back. */
  setBack(ms: number): void {
    this.#now -= ms;
  }

  /** The object dies where it stands, as by eviction or a crash; its next life finds all commits. */
  evict(sealer = this.#sealer): void {
    this.#sealer = sealer;
    this.#open();
  }

  /** The object comes back with other code. */
  deploy(build: string): void {
    this.#build = build;
    this.#open();
  }

  #open(): void {
    const life = ++this.#life;
    const alive = (): boolean => life === this.#life;
    this.#deferred = [];
    const ports: ControlPlanePorts = {
      sql: mortal(nodeSql(this.database), alive, (rows) => (this.rowsWritten += rows)),
      now: () => this.#now,
      random: () => this.#random(),
      uuid: () => this.#uuid(),
      defer: (run, ms) => {
        if (alive()) this.#deferred.push({ due: this.#now + ms, run: () => alive() && run() });
      },
      rootCA: 'test CA',
      build: this.#build,
      without: this.#without,
      outbound: this.#outbound,
      usage: this.#usage,
      sealer: this.#sealer,
      connections: {
        connected: (node) => this.#heard.has(node),
        lastHeard: (node) => this.#heard.get(node),
        nodes: () => [...this.#heard.keys()],
      },
      tokens: { ...testIdentity(), close: () => {} },
      clearAlarm: () => {
        if (alive()) this.#alarm = undefined;
      },
      setAlarm: (due) => {
        if (alive()) this.#alarm = due;
      },
      report: (about, error) => {
        if (alive()) this.reported.push(about, error);
      },
    };
    this.#controlPlane = assemble(ports);
    this.#controlPlane.wake();
    const next = this.#controlPlane.nextAlarm();
    if (next !== undefined) this.#alarm = Math.min(this.#alarm ?? next, next);
  }

  /** Waits for a promise while doing the work it may depend on. */
  async #driven<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    while (!settled) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = settled ? -1 : this.#deferred.findIndex(({ due }) => due <= this.#now);
      if (next >= 0) this.#deferred.splice(next, 1)[0]?.run();
    }
    return done;
  }

  #random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  #uuid(): string {
    const hex = (digits: number): string =>
      Math.floor(this.#random() * 16 ** digits)
        .toString(16)
        .padStart(digits, '0');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`;
  }
}
