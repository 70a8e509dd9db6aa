import { expect, test } from 'vitest';
import { PODS, TestHub, TestPeer } from './testing/watch-hub.ts';

const peer = (id = 'p') => new TestPeer(id);
const WEB = { ...PODS, labelSelector: 'app=web' };
const TABLE = { ...PODS, as: { type: 'table', includeObject: 'Metadata' } } as const;

test('a commit group is one frame a watcher, printed once for all that see it alike', async () => {
  const { hub, renderer, ...t } = setup();
  const peers = ['a', 'b', 'c'].map(peer);
  for (const each of peers) hub.subscribe(each, 1, PODS);
  hub.subscribe(peers[0]!, 2, { ...PODS, prefix: 'pods/other/' });
  hub.subscribe(peers[0]!, 3, { ...PODS, prefix: 'pods/default/b' });
  await t.write('a', 'b=web', 'nodes//n', 'bb');
  for (const { frames } of peers) expect(frames[0]).toBe('1:ADDED a 1\nADDED b 2\nADDED bb 4\n');
  expect(peers.map(({ frames }) => frames.length)).toEqual([2, 1, 1]);
  expect(peers[0]!.take(3)).toEqual(['ADDED b 2']);
  expect(renderer.printed).toBe(3);
});

test('an object that comes to match is ADDED, one that ceases to is DELETED as it last matched', async () => {
  const { hub, ...t } = setup();
  const p = peer();
  hub.subscribe(p, 1, WEB);
  await t.write('a=web', 'b=db');
  await t.write('a=web', 'b=web', 'a=db');
  expect(p.take()).toEqual(['ADDED a 1', 'MODIFIED a 3', 'ADDED b 4', 'DELETED a 5']);
  await t.write('a=db', '-a', '-b');
  expect(p.take()).toEqual(['DELETED b 8']);
});

test('a watch from a revision sees the changes since, and goes on from there', async () => {
  const { hub, ...t } = setup();
  await t.write('a', 'b', 'nodes//n', '-a');
  const p = peer();
  hub.subscribe(p, 1, { ...PODS, after: 1 });
  await t.write('c');
  expect(p.take()).toEqual(['ADDED b 2', 'DELETED a 4', 'ADDED c 5']);
});

test('a WatchList is the state at one revision, then a bookmark that says so, then the changes', async () => {
  const { hub, ...t } = setup({ window: 40 });
  const names = Array.from({ length: 100 }, (_, i) => `p${i}`);
  await t.write(...names);
  const p = peer();
  hub.subscribe(p, 1, { ...PODS, initialEvents: true, bookmarks: true });
  // The window is closed after the first page; a write now must not tear the state.
  await t.write('-p0', 'p1', 'q');
  for (let i = 0; i < 50; i++) {
    hub.credit('p', 1000);
    t.settle();
  }
  const lines = p.take();
  expect(lines.slice(0, 100).sort()).toEqual(names.map((name, i) => `ADDED ${name} ${i + 1}`).sort());
  expect(lines.slice(100)).toEqual(['BOOKMARK 100 end', 'DELETED p0 101', 'MODIFIED p1 102', 'ADDED q 103']);
});

test('a watch without a revision begins with the state, without a bookmark', async () => {
  const { hub, ...t } = setup();
  await t.write('a=web', 'b=db', 'c=web', '-c');
  const p = peer();
  hub.subscribe(p, 1, { ...WEB, after: undefined });
  expect(p.take()).toEqual(['ADDED a 1']);
});

test('a revision that was compacted ends the watch with Expired', async () => {
  const { hub, store, ...t } = setup();
  await t.write('a', 'a', 'b');
  await t.write(...Array.from({ length: 20 }, () => 'a'));
  store.compact(18);
  expect(store.compacted).toBeGreaterThan(2);
  const p = peer();
  hub.subscribe(p, 1, { ...PODS, after: 1 });
  expect(p.take()).toEqual([`ERROR too old resource version: 1 (${store.compacted})`, 'end']);
  expect([hub.size, rows(t)]).toEqual([0, []]);
});

test('bookmarks go out once a minute, to live watchers that asked for them and know less', async () => {
  const { hub, ...t } = setup();
  const [asked, silent] = [peer('a'), peer('b')];
  hub.subscribe(asked, 1, { ...PODS, bookmarks: true });
  hub.subscribe(silent, 1, PODS);
  hub.tick(60_000);
  expect(asked.take()).toEqual([]);
  await t.write('nodes//n');
  hub.tick(61_000);
  expect(asked.take()).toEqual([]);
  hub.tick(120_000);
  expect(asked.take()).toEqual(['BOOKMARK 1']);
  await t.write('nodes//n');
  hub.tick(179_999);
  expect(asked.take()).toEqual([]);
  hub.tick(180_000);
  expect(asked.take()).toEqual(['BOOKMARK 2']);
  expect(silent.frames).toEqual([]);
});

test('only the first event of a table carries its columns', async () => {
  const { hub, ...t } = setup();
  const [a, b] = [peer('a'), peer('b')];
  hub.subscribe(a, 1, TABLE);
  await t.write('x', 'y');
  hub.subscribe(b, 1, { ...TABLE, after: 2 });
  await t.write('x');
  expect(a.take()).toEqual(['ADDED x 1 with columns', 'ADDED y 2', 'MODIFIED x 3']);
  expect(b.take()).toEqual(['MODIFIED x 3 with columns']);
});

test('subscriptions survive hibernation: live ones cost one row, those behind go on where they were', async () => {
  const { sql, hub, ...t } = setup({ window: 60 });
  const [live, behind, gone] = [peer('live'), peer('behind'), peer('gone')];
  await t.write(...Array.from({ length: 40 }, (_, i) => `p${i}`));
  hub.subscribe(live, 1, { ...WEB, after: 40 });
  hub.subscribe(gone, 1, { ...PODS, after: 40 });
  hub.subscribe(behind, 7, PODS);
  expect(rows({ sql })).toEqual(['behind behind', 'gone live', 'live live']);
  const before = behind.take(7);
  expect(before.length).toBeLessThan(40);

  t.t.wake([live, behind], { window: 60 });
  expect(t.t.hub.size).toBe(2);
  expect(rows({ sql })).toEqual(['behind behind', 'live live']);
  t.t.hub.credit('behind', 10);
  t.t.settle();
  t.t.hub.credit('behind', 4000);
  t.t.settle();
  for (let i = 0; i < 20; i++) t.t.hub.credit('behind', 4000);
  expect([...before, ...behind.take(7)]).toEqual(Array.from({ length: 40 }, (_, i) => `ADDED p${i} ${i + 1}`));
  expect(rows({ sql })).toEqual(['behind live', 'live live']);
  t.t.hub.closed('behind');
  t.t.hub.unsubscribe('live', 1);
  expect(live.take()).toEqual(['end']);
  expect([t.t.hub.size, rows({ sql })]).toEqual([0, []]);
});

test('a watcher that stops reading while 100,000 events pass costs no memory, and then sees every one', async () => {
  const window = 64 * 1024;
  const { hub, store, sql, ...t } = setup({ window });
  const p = peer();
  hub.subscribe(p, 1, { ...PODS, bookmarks: true });
  let sent = 0;
  let seen = 0;
  p.send = (frame) => {
    sent += frame.length;
    for (const line of frame.slice(2).trimEnd().split('\n')) {
      const revision = Number(line.split(' ')[2]);
      if (revision !== seen + 1) throw new Error(`saw ${revision} after ${seen}`);
      seen = revision;
    }
  };
  const before = store.rowsWritten.commits;
  for (let i = 0; i < 100_000; i += 250) await t.write(...Array.from({ length: 250 }, (_, j) => `p${(i + j) % 500}`));
  expect(store.rowsWritten.commits - before).toBe(200_000);
  // A single frame may cross the window; the other events were neither read, printed nor kept.
  expect(sent).toBeLessThan(window * 2);
  expect(t.renderer.printed).toBeLessThan(10_000);
  hub.tick(120_000);
  expect(rows({ sql })).toEqual(['p behind']);

  let acknowledged = 0;
  for (let i = 0; i < 10_000 && seen < 100_000; i++) {
    const due = sent - acknowledged;
    acknowledged = sent;
    hub.credit('p', due);
    t.settle();
    expect(sent - acknowledged).toBeLessThan(window * 3);
  }
  expect(seen).toBe(100_000);
  expect(rows({ sql })).toEqual(['p live']);
}, 60_000);

test('a watcher that stopped reading for too long is told 410', async () => {
  const { hub, store, ...t } = setup({ window: 60 });
  const p = peer();
  hub.subscribe(p, 1, PODS);
  for (let i = 0; i < 40; i++) await t.write(`p${i % 7}`);
  store.compact(40);
  p.take();
  hub.credit('p', 10_000);
  expect(p.take()).toEqual([expect.stringContaining(`ERROR too old resource version`), 'end']);
});

test('a dead socket holds up no other', async () => {
  const { hub, ...t } = setup();
  const [dead, fine] = [peer('dead'), peer('fine')];
  dead.send = () => {
    throw new TypeError("Can't call WebSocket send() after close().");
  };
  hub.subscribe(dead, 1, PODS);
  hub.subscribe(fine, 1, PODS);
  await t.write('a');
  await t.write('b');
  expect(fine.take()).toEqual(['ADDED a 1', 'ADDED b 2']);
});

test('many subscriptions that are behind on one socket catch up in turns', async () => {
  const { hub, ...t } = setup({ window: 4000 });
  await t.write(...Array.from({ length: 600 }, (_, i) => `p${i}`));
  const p = peer();
  // The first fills the window, so that the others have to wait for credit.
  hub.subscribe(p, 0, PODS);
  for (let id = 1; id <= 100; id++) hub.subscribe(p, id, { ...PODS, prefix: 'pods/default/p7' });
  p.frames.length = 0;
  hub.credit('p', 1_000_000);
  expect(p.frames.length).toBeLessThanOrEqual(16);
  for (let i = 0; i < 100; i++) {
    t.settle();
    hub.credit('p', 1_000_000);
  }
  const served = p.frames.filter((frame) => frame.endsWith(':ADDED p7 8\n')).map((frame) => frame.split(':')[0]);
  expect(served).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 1}`));
});

function setup(options: ConstructorParameters<typeof TestHub>[0] = {}) {
  const t = new TestHub(options);
  const { hub, store, sql, renderer } = t;
  const settle = () => t.settle();
  const write = async (...changes: string[]) => {
    await t.write(...changes);
    t.settle();
  };
  return { t, hub, store, sql, renderer, settle, write };
}

function rows({ sql }: Pick<TestHub, 'sql'>): string[] {
  return [...sql.query('SELECT peer, phase FROM subscriptions')].map(({ peer, phase }) => `${peer} ${phase}`);
}

test('the watches under a prefix end when its kind changes, and no others', async () => {
  const { hub, ...t } = setup();
  const p = peer();
  hub.subscribe(p, 1, PODS);
  hub.subscribe(p, 2, { ...WEB, prefix: 'pods/default/' });
  hub.subscribe(p, 3, { ...PODS, prefix: 'nodes/' });
  hub.end('pods/');
  await t.write('a=web', 'nodes//n');
  expect(p.frames).toEqual(['!{"type":"end","id":1}', '!{"type":"end","id":2}', '3:ADDED nodes//n 2\n']);
  expect([hub.size, hub.isWatched('pods/'), hub.isWatched('nodes//n')]).toEqual([1, false, true]);
});

test('lines that were printed before their kind changed are printed anew', async () => {
  const { hub, renderer, ...t } = setup();
  await t.write('a');
  const p = peer();
  hub.subscribe(p, 1, { ...PODS, after: undefined });
  hub.subscribe(p, 2, { ...PODS, after: undefined });
  expect(renderer.printed).toBe(1);
  hub.end('pods/');
  hub.subscribe(p, 3, { ...PODS, after: undefined });
  expect(renderer.printed).toBe(2);
});

test('a watch of a kind that is not served ends when it begins, and when the object wakes', async () => {
  let served = true;
  const serves = () => served;
  const t = new TestHub({ serves });
  const p = peer();
  t.hub.subscribe(p, 1, PODS);
  served = false;
  t.hub.subscribe(p, 2, PODS);
  t.wake([p], { serves });
  await t.write('a');
  expect(p.frames).toEqual(['!{"type":"end","id":2}', '!{"type":"end","id":1}']);
  expect([t.hub.size, rows(t)]).toEqual([0, []]);
});

test('an error in printing ends the watches that it hits, and others miss nothing', async () => {
  const errors: unknown[] = [];
  const t = new TestHub({ report: (error) => errors.push(error) });
  const printed = t.renderer.event.bind(t.renderer);
  t.renderer.event = (type, text, request, first) => {
    if (request.as.type === 'table' && text.includes('"bad"')) throw new Error('a column is broken');
    return printed(type, text, request, first);
  };
  const peer = new TestPeer('p');
  t.hub.subscribe(peer, 1, { ...PODS, as: { type: 'table', includeObject: 'None' } });
  t.hub.subscribe(peer, 2, PODS);
  await t.write('good', 'bad');
  expect(peer.frames.filter((frame) => frame.startsWith('2:'))).toEqual(['2:ADDED good 1\nADDED bad 2\n']);
  expect(peer.take(1)).toEqual(['end']);
  t.hub.subscribe(peer, 3, { ...PODS, as: { type: 'table', includeObject: 'None' } });
  t.settle();
  expect([peer.take(3), t.hub.size, errors.length]).toEqual([['end'], 1, 2]);
});
