/** The simplest thing that behaves like the store: every state ever, in memory. For `model.ts`. */
import type { Key } from '../../../kube/machinery/resource.ts';
import { isUnder } from '../keys.ts';
import type { Stored, Write } from '../store.ts';

export class Model {
  revision = 0;
  /** The state after each revision. */
  readonly #states: ReadonlyMap<Key, Stored>[] = [new Map()];
  readonly changes: { revision: number; key: Key; change: 'create' | 'update' | 'delete' }[] = [];

  /** The objects that the store has from its start. */
  give(objects: readonly (readonly [key: Key, text: string])[]): void {
    for (const [key, text] of objects) this.write({ key, expect: 'absent' }, { text });
  }

  at(revision: number): ReadonlyMap<Key, Stored> {
    return this.#states[revision]!;
  }

  list(prefix: string, revision: number): Stored[] {
    const found = [...this.at(revision).values()].filter(({ key }) => isUnder(prefix, key));
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The store's answer: a revision, `unchanged`, or the code of the error. */
  write(
    { key, expect }: Pick<Write, 'key' | 'expect'>,
    next: { text: string } | 'delete' | 'unchanged',
  ): string | number {
    const current = this.at(this.revision).get(key);
    if (expect === 'absent' && current) return 'already-exists';
    if (expect !== 'absent' && expect !== 'any' && !current) return 'not-found';
    if (typeof expect === 'number' && current?.revision !== expect) return 'conflict';
    if (next === 'unchanged' || next === 'delete') {
      if (!current) return 'not-found';
      if (next === 'unchanged') return 'unchanged';
    }
    const state = new Map(this.at(this.revision));
    const revision = ++this.revision;
    if (next === 'delete') state.delete(key);
    else state.set(key, { key, revision, created: current?.created ?? revision, text: next.text });
    this.changes.push({ revision, key, change: next === 'delete' ? 'delete' : current ? 'update' : 'create' });
    this.#states.push(state);
    return revision;
  }
}
