/** The run through all items: checks several at a time, applies one after the other, and tells each outcome at once. */
import { signal } from '@preact/signals';
import type { Api } from '../../api/request.ts';
import type { Catalog } from '../schema/catalog.ts';
import { type Item, planOf } from './plan.ts';
import type { ReadText, Unreadable } from './read.ts';
import { applySend, type Outcome, type Sender, trySend } from './send.ts';

export type Phase = 'writing' | 'reading' | 'checking' | 'checked' | 'applying' | 'applied';

const AT_ONCE = 6;

export interface WorkPorts {
  api: Api;
  catalog: Catalog;
  read(text: string, signal: AbortSignal): Promise<ReadText>;
  sleep(milliseconds: number): Promise<void>;
}

export class Work {
  readonly phase = signal<Phase>('writing');
  readonly items = signal<readonly Item[]>([]);
  readonly outcomes = signal<ReadonlyMap<number, Outcome>>(new Map());
  readonly unreadable = signal<readonly Unreadable[]>([]);
  /** The reason why a run broke off. */
  readonly problem = signal<string | undefined>(undefined);
  readonly #ports: WorkPorts;
  #forced = new Set<number>();
  #stop = new AbortController();

  constructor(ports: WorkPorts) {
    this.#ports = ports;
  }

  /** The results are about another text now. */
  forget(): void {
    if (this.phase.peek() === 'writing') return;
    this.#stop.abort();
    this.#forced = new Set();
    this.phase.value = 'writing';
    this.items.value = [];
    this.outcomes.value = new Map();
    this.unreadable.value = [];
    this.problem.value = undefined;
  }

  check(text: string, namespace: string): Promise<void> {
    this.forget();
    return this.#run(async (stop) => {
      this.phase.value = 'reading';
      const { objects, unreadable } = await this.#ports.read(text, stop);
      if (stop.aborted) return;
      this.items.value = planOf(objects, namespace);
      this.unreadable.value = unreadable;
      this.phase.value = 'checking';
      const sender = this.#sender(stop);
      const left = [...this.items.value];
      const some = async (): Promise<void> => {
        for (let item = left.shift(); item && !stop.aborted; item = left.shift()) {
          await this.#each(item, trySend, sender);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, some));
      if (!stop.aborted) this.phase.value = 'checked';
    });
  }

  /** The item's fields become this page's, whoever manages them. */
  takeOver(item: Item): Promise<void> {
    this.#forced.add(item.id);
    return this.#run((stop) => this.#each(item, trySend, this.#sender(stop)));
  }

  /** In the order of the text. What fails does not stop the rest, as with kubectl. */
  apply(): Promise<void> {
    return this.#run(async (stop) => {
      this.phase.value = 'applying';
      const sender = this.#sender(stop);
      this.outcomes.value = new Map();
      for (const item of this.items.value) {
        if (stop.aborted) break;
        await this.#each(item, applySend, sender);
      }
      if (!stop.aborted) this.phase.value = 'applied';
    });
  }

  stop(): void {
    this.#stop.abort();
    this.phase.value = this.items.peek().length > 0 ? 'checked' : 'writing';
  }

  #sender(stop: AbortSignal): Sender {
    const { api, catalog, sleep } = this.#ports;
    return { api, catalog, items: this.items.peek(), forced: this.#forced, signal: stop, sleep };
  }

  async #each(item: Item, send: typeof trySend, sender: Sender): Promise<void> {
    this.#tell(item, { outcome: 'asking' });
    const found = await send(item, sender);
    if (!sender.signal.aborted) this.#tell(item, found);
  }

  #tell(item: Item, outcome: Outcome): void {
    this.outcomes.value = new Map([...this.outcomes.peek(), [item.id, outcome]]);
  }

  async #run(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    this.#stop = new AbortController();
    const { signal: stop } = this.#stop;
    this.problem.value = undefined;
    try {
      await work(stop);
    } catch (error) {
      if (stop.aborted) return;
      this.problem.value = (error as Error).message;
      this.phase.value = 'writing';
    }
  }
}

/** Whether an item is left that applying would change, and none that is wrong. */
export function isApplicable(outcomes: ReadonlyMap<number, Outcome>): boolean {
  const all = [...outcomes.values()].map(({ outcome }) => outcome);
  return all.length > 0 && all.every((outcome) => GOOD.has(outcome)) && all.some((outcome) => outcome !== 'unchanged');
}

const GOOD = new Set<Outcome['outcome']>(['waits', 'create', 'change', 'unchanged']);
const FAILED = new Set<Outcome['outcome']>(['waits', 'lacks', 'unknown-kind', 'conflict', 'refused']);

export function failures(outcomes: ReadonlyMap<number, Outcome>): number {
  return [...outcomes.values()].filter(({ outcome }) => FAILED.has(outcome)).length;
}
