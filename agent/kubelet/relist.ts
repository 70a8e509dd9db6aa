/**
 * Notices what happens in the runtime (kubelet's PLEG): lists everything when the runtime says that something happened,
 * and once in a while even so. Listings are shared: many pods that ask at once cost one.
 */
import type { Clock } from '../clock.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { Owner } from './labels.ts';
import { fingerprint, listByPod, type PodListing } from './observe.ts';

export interface RelistOptions {
  runtime: Runtime;
  clock: Clock;
  owner: Owner;
  /** These pods changed. */
  changed(uids: readonly string[]): void;
  failed(error: Error): void;
  /** Milliseconds between listings when the runtime tells of no event. */
  interval: number;
}

const NOTHING: PodListing = { sandboxes: [], containers: [] };
/**
 * Milliseconds after an event at which everything is listed. Events come in bursts, which one listing serves; and the
 * runtime tells of an exit before its own listings show it, so one listing is not enough.
 */
const AFTER_EVENT = [15, 90, 400];

export class Relist {
  readonly #options: RelistOptions;
  #pods = new Map<string, PodListing>();
  #fingerprints = new Map<string, string>();
  #current: Promise<void> | undefined;
  /** The number of changes, and the number of them that the last listing may show. */
  #changes = 1;
  #listed = 0;
  #cancel = () => {};
  readonly #looks = new Map<number, () => void>();
  #unwatch = () => {};
  #stopped = false;

  constructor(options: RelistOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unwatch = this.#options.runtime.watch(() => {
      for (const wait of AFTER_EVENT) {
        if (this.#looks.has(wait)) continue;
        const cancel = this.#options.clock.after(wait, () => {
          this.#looks.delete(wait);
          this.refresh();
          void this.#reportChanges();
        });
        this.#looks.set(wait, cancel);
      }
    });
    const tick = async () => {
      this.refresh();
      await this.#reportChanges();
      if (!this.#stopped) this.#cancel = this.#options.clock.after(this.#options.interval, tick);
    };
    void tick();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#cancel();
    for (const cancel of this.#looks.values()) cancel();
  }

  /** The last listing is out of date. */
  refresh(): void {
    this.#changes++;
  }

  /** Rejects when the runtime cannot be asked: an old listing must not pass for the present state. */
  async listing(uid: string): Promise<PodListing> {
    await this.#fresh();
    return this.#pods.get(uid) ?? NOTHING;
  }

  async all(): Promise<ReadonlyMap<string, PodListing>> {
    await this.#fresh();
    return this.#pods;
  }

  /** A listing that began before the last change may not show it; changes that come later are not waited for. */
  async #fresh(): Promise<void> {
    const wanted = this.#changes;
    while (this.#listed < wanted) await (this.#current ?? this.#list());
  }

  #list(): Promise<void> {
    const changes = this.#changes;
    this.#current = listByPod(this.#options.runtime, this.#options.owner)
      .then((pods) => {
        this.#pods = pods;
        this.#listed = changes;
      })
      .finally(() => {
        this.#current = undefined;
      });
    return this.#current;
  }

  async #reportChanges(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#fresh();
    } catch (error) {
      this.#options.failed(error as Error);
      return;
    }
    const now = new Map([...this.#pods].map(([uid, listing]) => [uid, fingerprint(listing)]));
    const changed = [...now].filter(([uid, print]) => this.#fingerprints.get(uid) !== print).map(([uid]) => uid);
    for (const uid of this.#fingerprints.keys()) if (!now.has(uid)) changed.push(uid);
    this.#fingerprints = now;
    if (changed.length > 0) this.#options.changed(changed);
  }
}
