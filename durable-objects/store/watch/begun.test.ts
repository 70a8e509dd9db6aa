import { expect, test } from 'vitest';
import { PODS, TestHub, TestPeer } from '../testing/watch-hub.ts';

const STATE = { ...PODS, after: undefined };

test('`begun` is called when the initial state of a watch was sent, or will not be sent any more', async () => {
  const t = new TestHub({ window: 40 });
  const { hub } = t;
  await t.write(...Array.from({ length: 100 }, (_, i) => `p${i}`));
  t.settle();
  const told: string[] = [];
  const begun = (name: string) => () => void told.push(name);
  const [p, left, ended] = [new TestPeer('p'), new TestPeer('left'), new TestPeer('ended')];
  hub.subscribe(p, 1, { ...PODS, after: 100 }, begun('from a revision'));
  expect(told.splice(0)).toEqual(['from a revision']);
  hub.subscribe(p, 2, { ...STATE, initialEvents: true }, begun('state'));
  hub.subscribe(left, 1, STATE, begun('left'));
  hub.subscribe(ended, 1, STATE, begun('ended'));
  t.settle();
  expect(told).toEqual([]);
  hub.closed('left');
  hub.end('pods/');
  expect(told.splice(0).sort()).toEqual(['ended', 'left', 'state']);
  hub.subscribe(p, 3, STATE, begun('read'));
  for (let i = 0; i < 50; i++) {
    expect(told).toEqual([]);
    hub.credit('p', 10);
    t.settle();
  }
  for (let i = 0; i < 50; i++) {
    hub.credit('p', 1000);
    t.settle();
  }
  expect(told).toEqual(['read']);
});
