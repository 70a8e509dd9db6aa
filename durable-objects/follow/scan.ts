/** The reading of all objects under some prefixes, a page at a time, so that requests get their turn in between. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ReadPort } from '../controllers/runtime/ports.ts';
import type { ObservedState } from './follower-ports.ts';

const PAGE = 100;

export class Scan {
  /** The prefixes that are still to be read, in order, with the last key that was read of the first. */
  #left: { prefix: string; after?: string }[] = [];

  /** These are read from their beginning; others that are still to be read come before them. */
  begin(prefixes: readonly string[]): void {
    const others = this.#left.filter(({ prefix }) => !prefixes.includes(prefix));
    this.#left = [...others, ...prefixes.map((prefix) => ({ prefix }))];
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  readPage(read: ReadPort, scanned: (item: ObservedState) => void): void {
    const next = this.#left[0];
    if (!next) return;
    const page = read.list({ ...next, limit: PAGE });
    for (const { key, text, revision } of page.items) {
      scanned({ key, text, revision, gone: false, object: () => JSON.parse(text) as KubeObject });
    }
    // `scanned` may have asked for another scan of this prefix, which begins anew.
    if (page.next !== undefined) next.after = page.next;
    else this.#left = this.#left.filter((one) => one !== next);
  }
}
