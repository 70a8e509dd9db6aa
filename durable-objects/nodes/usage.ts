/**
 * Asks agents for what their nodes measure. Nothing is asked while no client wants to know, and an answer is kept for a
 * moment, in memory alone. Agents tell of changes by themselves where something follows them: they remember by whom, so
 * that the object can sleep.
 */
import type { NodeReport } from '../../kube/usage/usage.ts';
import type { ServerMessage } from '../../wire/socket.ts';
import {
  type Minutes,
  type RecalledUsageMessage,
  reportOf,
  type UsageFollow,
  type UsageMessage,
} from '../../wire/usage.ts';

export interface NodeUsagePorts {
  /** False when no agent of the node is connected. */
  send(node: string, message: ServerMessage): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after so many milliseconds, unless what it returns is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

/** metrics-server asks every 15 seconds. */
const FRESH_MS = 10_000;
/** An agent measures for a second where it has no measurement to start from. */
const PATIENCE_MS = 5000;

type Answer = NodeReport | undefined;

interface Question {
  id: number;
  promise: Promise<Answer>;
  answer(report: Answer): void;
}

export class NodeUsage {
  readonly #ports: NodeUsagePorts;
  readonly #reports = new Map<string, { report: NodeReport; heard: number }>();
  readonly #questions = new Map<string, Question>();
  /** By the number of the question. */
  readonly #recalling = new Map<number, { node: string; answer(minutes: Minutes): void }>();
  #last = 0;

  constructor(ports: NodeUsagePorts) {
    this.#ports = ports;
  }

  /** Answers in memory. */
  get kept(): number {
    return this.#reports.size;
  }

  /** Nodes that do not answer are left out. */
  async ask(nodes: Iterable<string>): Promise<ReadonlyMap<string, NodeReport>> {
    const answers = await Promise.all([...nodes].map(async (node) => [node, await this.#askOne(node)] as const));
    return new Map(answers.flatMap(([node, report]) => (report ? [[node, report] as const] : [])));
  }

  /** An agent has answered. */
  heard(node: string, message: UsageMessage): void {
    const question = this.#questions.get(node);
    const isAsked = question?.id === message.id;
    if (!isAsked && !message.changed) return;
    const report = reportOf(message);
    const now = this.#ports.now();
    // Nodes come and go.
    for (const [name, { heard }] of this.#reports) if (!isFresh(heard, now)) this.#reports.delete(name);
    this.#reports.set(node, { report, heard: now });
    if (isAsked) question.answer(report);
  }

  /**
   * What these nodes used in the last hour, each its pods of these uids or the whole of it, together. Nodes that do not
   * answer are left out.
   */
  async recall(asked: ReadonlyMap<string, readonly string[] | undefined>): Promise<Minutes> {
    const answers = await Promise.all([...asked].map(([node, pods]) => this.#recallOne(node, pods)));
    return Array.from({ length: Math.max(0, ...answers.map(({ length }) => length)) }, (_, ago) => {
      const known = answers.flatMap((minutes) => [minutes[ago]].filter((minute) => !!minute));
      if (known.length === 0) return null;
      return known.reduce(([cpu, memory], one) => [cpu + one[0], memory + one[1]] as const, [0, 0] as const);
    });
  }

  /** An agent has told what it remembers. */
  recalled(node: string, { id, minutes }: RecalledUsageMessage): void {
    const question = this.#recalling.get(id);
    if (question?.node === node) question.answer(minutes);
  }

  /** Has the agents tell of changes. False when one of them is not connected. */
  follow({ key, nodes, resources }: UsageFollow): boolean {
    const sent = Object.entries(nodes).map(([node, pods]) =>
      this.#ports.send(node, { type: 'follow-usage', key, pods, resources }),
    );
    return sent.every(Boolean);
  }

  /** Ends the node's reports for a key. */
  unfollow(node: string, key: string): void {
    this.#ports.send(node, { type: 'unfollow-usage', key });
  }

  #recallOne(node: string, pods: readonly string[] | undefined): Promise<Minutes> | Minutes {
    const id = ++this.#last;
    if (!this.#ports.send(node, { type: 'recall-usage', id, ...(pods && { pods }) })) return [];
    const { promise, resolve } = Promise.withResolvers<Minutes>();
    const cancel = this.#ports.after(PATIENCE_MS, () => answer([]));
    const answer = (minutes: Minutes): void => {
      cancel();
      this.#recalling.delete(id);
      resolve(minutes);
    };
    this.#recalling.set(id, { node, answer });
    return promise;
  }

  #askOne(node: string): Promise<Answer> | Answer {
    const kept = this.#reports.get(node);
    if (kept && isFresh(kept.heard, this.#ports.now())) return kept.report;
    this.#reports.delete(node);
    const under = this.#questions.get(node);
    if (under) return under.promise;
    const id = ++this.#last;
    if (!this.#ports.send(node, { type: 'measure', id })) return undefined;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const cancel = this.#ports.after(PATIENCE_MS, () => answer(undefined));
    const answer = (report: Answer): void => {
      cancel();
      this.#questions.delete(node);
      resolve(report);
    };
    this.#questions.set(node, { id, promise, answer });
    return promise;
  }
}

/** An answer of later than now is of before the clock was set back. */
function isFresh(heard: number, now: number): boolean {
  return heard <= now && now - heard < FRESH_MS;
}
