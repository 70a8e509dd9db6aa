/** The reading of all objects under some prefixes, a page at a time, so that requests get their turn in between. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ReadPort } from '../controllers/runtime/ports.ts';
import type { ObservedState } from './follower-ports.ts';

const PAGE = 500;

export class Scan {
  /** The prefixes that are still to be read, in order, with the last key that was read of the first. */
  #left: { prefix: string; after?: string }[] = [];

  begin(prefixes: readonly string[]): void {
    this.#left = prefixes.map((prefix) => ({ prefix }));
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  readPage(read: ReadPort, scanned: (item: ObservedState) => void): void {
    const left = this.#left;
    const next = left[0];
    if (!next) return;
    const page = read.list({ ...next, limit: PAGE });
    for (const { key, text, revision } of page.items) {
      scanned({ key, text, revision, gone: false, object: () => JSON.parse(text) as KubeObject });
    }
    if (page.next === undefined) left.shift();
    else next.after = page.next;
  }
}
