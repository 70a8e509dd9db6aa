/**
 * The time for which a cluster's streams are open. A stream has a row from its beginning to its end, of which its node's
 * agent tells; its time is added up when it ends, and of open ones every few minutes, and told to the account, which has a
 * limit for all its clusters. Where the day is used up, open streams are ended, and others are not begun until the next.
 */
import { failure, type Status } from '../../kube/machinery/status.ts';
import type { StreamsMessage } from '../../wire/socket.ts';
import type { StreamUse } from '../../wire/usage-rpc.ts';
import { dayOf, MINUTE } from './day.ts';
import type { StreamTimes } from './stream-times.ts';

export interface StreamMinutesPorts {
  times: StreamTimes;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The one timer: it may ring early. */
  timer: { due(): number | undefined; set(due: number): void };
  /** Of the account, in minutes a day; 0 is none. */
  limit(): number;
  isVisitor(): boolean;
  /** Adds to the account's time of the day. Rejects where the account cannot be reached. */
  tell(use: StreamUse): Promise<{ left?: number }>;
  connected(node: string): boolean;
  /** Has the node's agent end streams. */
  end(node: string, sessions: readonly string[], reason: string): void;
  /** Cuts a stream that its agent has not ended. */
  cut(session: string): void;
  report(error: unknown): void;
}

/** Open streams are counted this often, if nothing makes it more often. */
const COUNT_MS = 5 * MINUTE;
/** Without a limit it is for the days' sake alone. */
const COUNT_SELDOM_MS = 60 * MINUTE;
/** The account's answer is good for this long. */
const KNOWN_MS = 5 * MINUTE;
/** Less than this is told with what comes next. */
const LEAST_TOLD_MS = MINUTE;
/** The agent dials within this time; later, a stream that it does not name has ended. */
const DIAL_MS = 30_000;
/** An agent ends streams within this time. */
const END_MS = 10_000;

export class StreamMinutes {
  readonly #ports: StreamMinutesPorts;
  /** The rest of the account's day, as of a time. */
  #known: { day: string; at: number; left: number | undefined } | undefined;

  #telling: Promise<void> = Promise.resolve();

  constructor(ports: StreamMinutesPorts) {
    this.#ports = ports;
  }

  /** 403 for a stream that may not begin. */
  async refusal(): Promise<Status | undefined> {
    const { now, limit } = this.#ports;
    if (limit() === 0) return undefined;
    const isKnown = this.#known?.day === dayOf(now()) && now() - this.#known.at < KNOWN_MS;
    if (!isKnown) await this.#tell(true);
    return this.#isUsedUp() ? failure('Forbidden', this.#reason()) : undefined;
  }

  opened(session: string, node: string): void {
    const { times, now } = this.#ports;
    times.open(session, node, now());
    this.#setTimer();
  }

  /** An agent says what it serves. */
  async heard(node: string, { ended, open }: StreamsMessage): Promise<void> {
    const { times, now } = this.#ports;
    const at = now();
    const listed = open && new Set(open);
    const own = times.openOf(node);
    const over = own.filter(
      ({ session, since }) => ended.includes(session) || (listed && !listed.has(session) && at - since > DIAL_MS),
    );
    for (const { session } of over) times.end(session, at);
    const known = new Set(own.map(({ session }) => session));
    for (const session of listed ?? []) if (!known.has(session)) this.opened(session, node);
    if (over.length > 0) await this.#tell(false);
  }

  /** The timer has rung. */
  async ring(): Promise<void> {
    const { times, connected, now, end, cut } = this.#ports;
    const at = now();
    for (const { session, node, isEnding } of times.all()) {
      // Its agent was told, or is away, and tells what it still serves when it is back.
      if (isEnding) cut(session);
      if (isEnding || !connected(node)) times.end(session, at);
    }
    times.count(at);
    await this.#tell(true);
    const open = times.all();
    if (open.length === 0) return;
    if (this.#isUsedUp()) {
      for (const [node, rows] of Map.groupBy(open, (row) => row.node)) {
        const sessions = rows.map(({ session }) => session);
        times.markEnding(sessions);
        end(node, sessions, this.#reason());
      }
    }
    this.#setTimer();
  }

  #setTimer(): void {
    const { timer, times, now, limit } = this.#ports;
    const open = times.all();
    let wait = limit() === 0 ? COUNT_SELDOM_MS : COUNT_MS;
    const left = this.#left();
    if (left !== undefined) wait = Math.min(wait, Math.max(1000, left / Math.max(1, open.length)));
    if (open.some(({ isEnding }) => isEnding)) wait = END_MS;
    const due = now() + Math.ceil(wait);
    const before = timer.due();
    if (before === undefined || before > due) timer.set(due);
  }

  #left(): number | undefined {
    const { times, now } = this.#ports;
    const today = dayOf(now());
    if (this.#known?.left === undefined || this.#known.day !== today) return undefined;
    return this.#known.left - times.untold(today);
  }

  #isUsedUp(): boolean {
    const left = this.#left();
    return left !== undefined && left <= 0;
  }

  /** `all`: also little, and where there is nothing, to hear what is left. */
  #tell(all: boolean): Promise<void> {
    // One after the other: what is under way is not told twice.
    this.#telling = this.#telling.then(() => this.#tellNow(all));
    return this.#telling;
  }

  async #tellNow(all: boolean): Promise<void> {
    const { times, now, tell, report } = this.#ports;
    const today = dayOf(now());
    let heard = false;
    const isDue = all || times.untold(today) >= LEAST_TOLD_MS || this.#isUsedUp();
    try {
      for (const day of times.untoldDays()) {
        if (day === today && !isDue) continue;
        const ms = times.untold(day);
        const { left } = await tell({ day, ms });
        times.told(day, ms);
        if (day !== today) continue;
        heard = true;
        this.#known = { day, at: now(), left };
      }
      if (all && !heard) {
        const { left } = await tell({ day: today, ms: 0 });
        this.#known = { day: today, at: now(), left };
      }
    } catch (error) {
      report(error);
    }
  }

  /** Short enough for the close of a WebSocket. */
  #reason(): string {
    const { limit, isVisitor } = this.#ports;
    const more = isVisitor() ? ', or sign in for more' : '';
    return `this account's ${limit()} stream minutes of today are used up: open streams again after midnight UTC${more}`;
  }
}
