import { expect, test } from 'vitest';
import { MemoryApi } from '../controllers/runtime/testing/memory-api.ts';
import { MemoryNotes, MemoryTimers, VirtualTime } from '../controllers/runtime/testing/virtual-time.ts';
import { FAR_BEHIND, type Pending } from './cursor.ts';
import { Follower, type FollowerHandler, type ObservedState } from './follower.ts';
import { GUARD_TIMER, WakeGuard } from './wake-guard.ts';

const TIMER = 'toaster/due';

/** Toasts each ConfigMap, a minute after it was seen. */
class Toaster implements FollowerHandler {
  readonly note = 'toaster';
  readonly timer = TIMER;
  readonly prefixes = ['configmaps/'];
  readonly follower: Follower;
  readonly waiting = new Map<string, number>();
  private readonly rig: Rig;
  constructor(rig: Rig) {
    this.rig = rig;
    const guard = rig.guard.share();
    const { time, timers, notes, errors } = rig;
    const log = rig.api;
    const report = (error: unknown) => errors.push(String(error));
    const defer = (run: () => void, ms = 0) => time.defer(run, ms);
    this.follower = new Follower(
      { log, read: log, timers, notes, guard, clock: time, build: rig.build, defer, report },
      this,
    );
  }
  concerns({ key }: { key: string }): 'work' | 'knowledge' | undefined {
    if (key.startsWith('leases/')) return 'knowledge';
    return key.startsWith('configmaps/') ? 'work' : undefined;
  }
  scanned(item: ObservedState): void {
    this.rig.scanned++;
    this.take(item);
  }
  changed(items: readonly ObservedState[]): void {
    for (const item of items) this.take(item);
  }
  work(now: number): void {
    for (const [key, due] of this.waiting) {
      if (due > now) continue;
      this.waiting.delete(key);
      this.rig.toasted.add(key);
    }
  }
  ready(): boolean {
    return false;
  }
  left(): Pending | undefined {
    return this.rig.left;
  }
  nextDue(): number | undefined {
    return this.waiting.size > 0 ? Math.min(...this.waiting.values()) : undefined;
  }
  private take({ key, revision }: ObservedState): void {
    if (this.rig.broken.has(key) || this.rig.broken.has(`${key}@${revision}`)) throw new Error(`cannot take ${key}`);
    if (!this.rig.toasted.has(key)) this.waiting.set(key, this.waiting.get(key) ?? this.rig.time.now() + 60_000);
  }
}

class Rig {
  readonly time = new VirtualTime();
  readonly api = new MemoryApi(() => this.time.now());
  readonly timers = new MemoryTimers();
  readonly notes = new MemoryNotes();
  readonly toasted = new Set<string>();
  readonly broken = new Set<string>();
  readonly errors: string[] = [];
  build = '1';
  left: Pending | undefined;
  scanned = 0;
  guard = new WakeGuard(this.timers, this.time);
  toaster: Toaster | undefined;

  start(): void {
    this.guard = new WakeGuard(this.timers, this.time);
    this.toaster = new Toaster(this);
    this.toaster.follower.wake();
  }

  /** From then on, a timer alone brings it back. */
  die(): void {
    this.toaster = undefined;
    this.time.drop();
  }

  async pass(ms: number): Promise<void> {
    for (const end = this.time.now() + ms; ; ) {
      const next = this.timers.next() ?? Number.POSITIVE_INFINITY;
      if (await this.time.step(Math.min(end, next))) continue;
      if (next > end) return this.time.advance(end - this.time.now());
      this.time.advance(Math.max(0, next - this.time.now()));
      this.alarm();
    }
  }

  /** Due rows are taken out of the table first, as by the object's alarm. */
  alarm(): void {
    if (!this.toaster) this.start();
    for (const { id } of this.timers.takeDue(this.time.now(), 10)) {
      if (id === GUARD_TIMER) this.guard.fired();
      if (id === TIMER) this.toaster?.follower.alarm();
    }
  }

  create(name: string): Promise<unknown> {
    return this.api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } });
  }
}

test('at rest it has one cursor and no row, and a wake reads nothing', async () => {
  const rig = new Rig();
  rig.start();
  await rig.create('a');
  await rig.pass(90_000);
  expect([...rig.toasted]).toEqual(['configmaps/n/a']);
  expect([rig.timers.rows.size, rig.notes.notes.size]).toEqual([0, 1]);
  await rig.api.apply('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' } });
  const { scanned } = rig;
  rig.die();
  rig.start();
  await rig.pass(90_000);
  expect(rig.scanned).toBe(scanned);
  rig.die();
  rig.build = '2';
  rig.start();
  await rig.pass(90_000);
  expect(rig.scanned).toBeGreaterThan(scanned);
});

test('work that waits for a change is looked at when one has come, asleep or not, and not before', async () => {
  const rig = new Rig();
  rig.start();
  rig.left = 'changes';
  await rig.create('a');
  await rig.pass(90_000);
  const { scanned } = rig;
  rig.die();
  rig.start();
  await rig.api.apply('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' } });
  await rig.pass(90_000);
  expect(rig.scanned).toBe(scanned);
  const lease = (name: string) => ({ apiVersion: 'v1', kind: 'Lease', metadata: { name, namespace: 'n' } });
  await rig.api.apply('leases', lease('a'));
  await rig.pass(90_000);
  expect(rig.scanned).toBe(scanned + 1);
  rig.die();
  await rig.api.apply('leases', lease('b'));
  rig.start();
  await rig.pass(90_000);
  expect(rig.scanned).toBe(scanned + 2);
});

test('a life reads no more of the log than about a thousand revisions, however many brought no work', async () => {
  const rig = new Rig();
  rig.start();
  await rig.pass(5_000);
  let read = 0;
  const log = rig.api.log.bind(rig.api);
  rig.api.log = (query) => {
    const changes = log(query);
    read += changes.length;
    return changes;
  };
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'n' } });
  for (let count = 0; count < 3 * FAR_BEHIND; count++) {
    if (count === 100) rig.die();
    if (count === 2 * FAR_BEHIND) rig.start();
    await rig.api.apply('secrets', secret(`s${count}`));
  }
  // Changes that were committed while no life followed are read once.
  expect(read).toBeLessThanOrEqual(2 * FAR_BEHIND + 200);
  read = 0;
  rig.die();
  rig.start();
  expect(read).toBeLessThanOrEqual(FAR_BEHIND);
  expect(rig.scanned).toBe(0);
});

test('an object that dies between any two steps finishes what it has begun, with nothing to wake it but its timers', async () => {
  for (let steps = 0; steps < 12; steps++) {
    const rig = new Rig();
    rig.start();
    await rig.pass(5_000);
    await rig.create('a');
    for (let step = 0; step < steps; step++) await rig.time.step(rig.time.now());
    rig.die();
    await rig.pass(20_000);
    expect(rig.toaster, `after ${steps} steps`).toBeDefined();
    rig.time.advance(60_000);
    rig.alarm();
    for (let step = 0; step < steps; step++) await rig.time.step(rig.time.now());
    rig.die();
    await rig.pass(200_000);
    expect([...rig.toasted]).toEqual(['configmaps/n/a']);
    expect([...rig.timers.rows]).toEqual([]);
    expect(rig.errors).toEqual([]);
  }
});

test('due work outlives a scan that fails and the object that dies before it is tried again', async () => {
  const rig = new Rig();
  rig.start();
  await rig.create('a');
  await rig.pass(5_000);
  rig.die();
  const list = rig.api.list.bind(rig.api);
  rig.api.list = () => {
    throw new Error('cannot list');
  };
  rig.time.advance(60_000);
  rig.alarm();
  await rig.time.step(rig.time.now());
  expect(rig.errors).toEqual(['Error: cannot list']);
  rig.die();
  rig.api.list = list;
  await rig.pass(200_000);
  expect([...rig.toasted]).toEqual(['configmaps/n/a']);
  expect([...rig.timers.rows]).toEqual([]);
});

test('a change that cannot be taken is told, tried again, and holds up no other', async () => {
  const rig = new Rig();
  rig.start();
  await rig.pass(5_000);
  rig.broken.add('configmaps/n/b');
  for (const name of ['a', 'b', 'c']) await rig.create(name);
  await rig.pass(70_000);
  expect([...rig.toasted].sort()).toEqual(['configmaps/n/a', 'configmaps/n/c']);
  expect(rig.errors).toContain('Error: cannot take configmaps/n/b');
  rig.broken.clear();
  await rig.pass(200_000);
  expect([...rig.toasted].sort()).toEqual(['configmaps/n/a', 'configmaps/n/b', 'configmaps/n/c']);
});

test('a change that cannot be taken is tried again as often in a busy cluster as in a quiet one', async () => {
  const rig = new Rig();
  rig.start();
  rig.broken.add('configmaps/n/b');
  await rig.create('b');
  for (let second = 0; second < 200; second++) {
    await rig.create(`c-${second}`);
    await rig.pass(1_000);
  }
  await rig.pass(120_000);
  rig.errors.length = 0;
  await rig.pass(600_000);
  expect(rig.errors.length).toBeGreaterThanOrEqual(9);
  expect(rig.errors.length).toBeLessThan(30);
});

test('a change that cannot be taken is forgotten when the object has changed since', async () => {
  const rig = new Rig();
  rig.start();
  for (const how of ['updated', 'deleted']) {
    rig.broken.add(`configmaps/n/${how}@${rig.api.revision + 1}`);
    await rig.create(how);
    await rig.pass(10_000);
    expect(rig.errors.length).toBeGreaterThan(1);
    if (how === 'deleted') await rig.api.remove('configmaps', 'n', how);
    else await rig.api.patch('configmaps', 'n', how, { data: { x: 'y' } });
    await rig.pass(10_000);
    rig.errors.length = 0;
    await rig.pass(600_000);
    expect(rig.errors).toEqual([]);
  }
  expect(rig.timers.rows.size).toBe(0);
});
