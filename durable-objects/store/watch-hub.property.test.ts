import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PODS, TestHub, TestPeer } from './testing/watch-hub.ts';
import type { WatchConversion } from './watch/ports.ts';

type Step =
  | { do: 'write'; changes: string[] }
  | { do: 'credit'; size: number }
  | { do: 'hibernate' }
  | { do: 'turn' }
  | { do: 'answer' };

const change = fc.constantFrom('a=web', 'b=web', 'c=web', 'a=db', 'b=db', 'c', '-a', '-b', '-c', 'nodes//n');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('credit' as const), size: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'hibernate' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'answer' as const }) },
);

/** Objects that others convert, whose answers wait until they are let go. */
function conversion(): { waiting: (() => void)[]; conversion: WatchConversion } {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    conversion: {
      isRemote: () => true,
      async convert(_, stored) {
        await new Promise<void>((resolve) => void waiting.push(resolve));
        return stored.map(({ text }) => text);
      },
    },
  };
}

/** Lets go of answers, and lets happen what they lead to. */
async function answer(waiting: (() => void)[]): Promise<void> {
  for (const go of waiting.splice(0)) go();
  for (let i = 0; i < 10; i++) await undefined;
}

test('a watcher ends with the stored state, whatever is written, however slowly it reads, and whenever the object sleeps', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.constantFrom(undefined, 'app=web'),
      fc.boolean(),
      fc.boolean(),
      async (steps, labelSelector, initial, isConverted) => {
        const { waiting, ...others } = conversion();
        const options = { window: 50, ...(isConverted && others) };
        const t = new TestHub(options);
        await tolerant(t, ['a=web', 'b=db', 'c']);
        const peer = new TestPeer('p');
        t.hub.subscribe(peer, 1, { ...PODS, labelSelector, after: initial ? undefined : 0 });
        for (const next of steps) {
          if (next.do === 'write') await tolerant(t, next.changes);
          else if (next.do === 'credit') t.hub.credit('p', next.size);
          else if (next.do === 'turn') t.deferred.shift()?.();
          else if (next.do === 'answer') await answer(waiting);
          // The object can't sleep while a turn is due, or a conversion under way.
          else if (t.deferred.length === 0 && waiting.length === 0) t.wake([peer], options);
        }
        for (let i = 0; i < 300; i++) {
          t.settle();
          await answer(waiting);
          t.hub.credit('p', 1000);
        }
        expect(replay(peer.take())).toEqual(state(t, labelSelector));
        t.sql.close();
      },
    ),
    { numRuns: 200 },
  ));

/** Deleting a missing object is refused, and no matter. */
async function tolerant(t: TestHub, changes: string[]): Promise<void> {
  await t.write(...changes).catch(() => {});
}

/** The objects that a client holds after these events, which must make sense one after the other. */
function replay(lines: string[]): Map<string, number> {
  const held = new Map<string, number>();
  let last = 0;
  let initial = true;
  for (const line of lines) {
    const [type, name = '', revision] = line.split(' ');
    const at = Number(revision);
    // The initial state comes in key order; from then on revisions rise.
    if (initial && (type !== 'ADDED' || at < last)) initial = type === 'ADDED';
    else if (!initial) expect(at, line).toBeGreaterThan(last);
    last = Math.max(last, at);
    expect(held.has(name), line).toBe(type !== 'ADDED');
    if (type === 'DELETED') held.delete(name);
    else held.set(name, at);
  }
  return held;
}

function state(t: TestHub, labelSelector: string | undefined): Map<string, number> {
  const pods = t.store.list({ prefix: 'pods/' }).items.map(({ text }) => JSON.parse(text));
  const matching = pods.filter(({ metadata }) => !labelSelector || `app=${metadata.labels?.app}` === labelSelector);
  return new Map(matching.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]));
}
