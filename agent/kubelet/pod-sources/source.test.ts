import { expect, test } from 'vitest';
import { pod } from '../../testing/node-rig.ts';
import { type PodSink, type PodSource, PodSources } from './source.ts';

class FakeSource implements PodSource {
  sink: PodSink | undefined;
  start(sink: PodSink): void {
    this.sink = sink;
  }
  stop(): void {}
}

test('Sources are complete when each is ready; pods that come later are not held back', () => {
  const [one, other] = [new FakeSource(), new FakeSource()];
  const seen: string[] = [];
  const sources = new PodSources(
    [one, other],
    {
      changed: (changed, atOnce) => void seen.push(`${changed.metadata.name} ${atOnce}`),
      deleted: () => {},
      sourceSettled: (settled, complete) => void seen.push(`settled ${settled}, complete ${complete}`),
    },
    () => void seen.push('complete'),
  );
  sources.start();
  one.sink?.changed(pod('a'));
  one.sink?.ready();
  one.sink?.changed(pod('b'));
  expect(sources.complete).toBe(false);
  other.sink?.ready();
  expect(seen).toEqual([
    'a false',
    'settled false, complete false',
    'b true',
    'settled true, complete true',
    'complete',
  ]);
  seen.length = 0;
  const broken = new FakeSource();
  const listener = {
    changed: () => {},
    deleted: () => {},
    sourceSettled: (settled: boolean, complete: boolean) => void seen.push(`settled ${settled}, complete ${complete}`),
  };
  const withBroken = new PodSources([one, broken], listener, () => void seen.push('complete'));
  withBroken.start();
  broken.sink?.failed();
  one.sink?.ready();
  broken.sink?.ready();
  expect(seen).toEqual([
    'settled false, complete false',
    'settled true, complete false',
    'settled true, complete true',
    'complete',
  ]);
});
