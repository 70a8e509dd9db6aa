import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BootstrapTexts } from '../bootstrap-objects.ts';
import { openStore, type SqliteStore, type StoreOptions } from '../mvcc.ts';
import type { SqlPort } from '../sql/port.ts';
import type { Write } from '../store.ts';
import { causeAt, type Harness } from './harness.ts';
import { Model } from './reference.ts';

const KEYS = ['pods/a/x', 'pods/a/y', 'pods/b/x', 'pods/a-b/x', 'nodes//n', 'events/a/x', 'events/a/y', 'events/b/x'];
const PREFIXES = ['pods/', 'pods/a/', 'pods/a/x', 'nodes/', 'events/', 'events/a/', 'events/a/y'];

type Step =
  | {
      do: 'write';
      group: {
        key: string;
        expect: 'absent' | 'present' | 'any' | 'current' | 'stale';
        next: 'text' | 'delete' | 'unchanged';
      }[];
    }
  | { do: 'list'; prefix: string; back: number; limit: number }
  | { do: 'compact' }
  | { do: 'reopen' };

const write = fc.record({
  key: fc.constantFrom(...KEYS),
  expect: fc.constantFrom('absent' as const, 'present' as const, 'any' as const, 'current' as const, 'stale' as const),
  next: fc.constantFrom('text' as const, 'text' as const, 'delete' as const, 'unchanged' as const),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), group: fc.array(write, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      prefix: fc.constantFrom(...PREFIXES),
      back: fc.nat(12),
      limit: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'compact' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);

/** Time is the revision: a revision is watchable for six ticks, and history lasts nine. Events stay: the model's do. */
const OPTIONS = { horizons: { watchable: 6, history: 9, events: Number.POSITIVE_INFINITY } };

/** In another order than that of their keys. */
const GIVEN = ['pods/b/x', 'nodes//n', 'pods/a/y', 'pods/a-b/x'].map((key) => [key, `given ${key}`] as const);

export function modelContract(withSql: Harness): void {
  const holds = (given: typeof GIVEN) =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), (steps) =>
        withSql(async (sql) => {
          const run = new Run(sql, given);
          for (const next of steps) await run.step(next);
          run.checkLog();
        }),
      ),
      { numRuns: 60 },
    );
  test('any history of writes, lists, compactions and restarts reads as in a model that forgets nothing', () =>
    holds([]));
  test('objects that a store was given are as if they had been written', () => holds(GIVEN));
}

class Run {
  readonly #sql: SqlPort;
  readonly #model = new Model();
  readonly #options: StoreOptions;
  #store: SqliteStore;
  #texts = 0;

  constructor(sql: SqlPort, given: typeof GIVEN) {
    this.#sql = sql;
    const bootstrap = { texts: () => new BootstrapTexts(given), now: () => 0, uuid: () => '' };
    this.#options = given.length > 0 ? { ...OPTIONS, bootstrap } : OPTIONS;
    this.#model.give(given);
    this.#store = openStore(sql, this.#options);
  }

  async step(step: Step): Promise<void> {
    if (step.do === 'write') await this.#write(step.group);
    else if (step.do === 'list') this.#list(step.prefix, Math.max(0, this.#model.revision - step.back), step.limit);
    else if (step.do === 'compact') this.#store.compact(this.#model.revision);
    else this.#store = openStore(this.#sql, this.#options);
    expect(this.#store.revision).toBe(this.#model.revision);
  }

  async #write(group: Extract<Step, { do: 'write' }>['group']): Promise<void> {
    const outcomes = group.map(({ key, expect, next }) => {
      const current = this.#model.at(this.#model.revision).get(key)?.revision ?? 1;
      const expected = expect === 'current' ? current : expect === 'stale' ? current + 1000 : expect;
      const text = `${this.#texts++}`;
      const answer = this.#model.write({ key, expect: expected }, next === 'text' ? { text } : next);
      const write: Write = {
        key,
        expect: expected,
        apply: (now) => (next === 'text' ? { text } : next === 'delete' ? { delete: now?.text ?? '' } : 'unchanged'),
        cause: causeAt(this.#model.revision),
      };
      const done = this.#store.commit(write).then(
        ({ entry }) => entry?.revision ?? 'unchanged',
        (error: { code: string }) => error.code,
      );
      return { answer, done };
    });
    for (const { answer, done } of outcomes) expect(await done).toBe(answer);
  }

  #list(prefix: string, revision: number, limit: number): void {
    const store = this.#store;
    const now = this.#model.list(prefix, this.#model.revision);
    expect(store.count(prefix)).toBe(now.length);
    for (const stored of now) expect(store.get(stored.key)).toMatchObject(stored);
    if (revision < store.compacted) {
      expect(() => store.list({ prefix, revision })).toThrow(expect.objectContaining({ code: 'compacted' }));
      return;
    }
    const wanted = this.#model.list(prefix, revision);
    const items = [];
    let after: string | undefined;
    do {
      const page = store.list({ prefix, revision, after, limit });
      if (limit > 0) expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      after = page.next;
    } while (after);
    expect(items.map(({ key, revision, created, text }) => ({ key, revision, created, text }))).toEqual(wanted);
  }

  checkLog(): void {
    const after = this.#store.compacted;
    const log = this.#store.log({ after, limit: 1000 });
    expect(log.map(({ revision, key, change }) => ({ revision, key, change }))).toEqual(
      this.#model.changes.filter(({ revision }) => revision > after),
    );
    for (const { key, previous } of log) {
      if (previous > 0) expect(this.#store.at(previous)?.key).toBe(key);
    }
  }
}
