import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { Api } from '../api/request.ts';
import { LogWork } from './log-work.ts';
import { targetsOf } from './targets.ts';

const page = Object.assign(new EventTarget(), { hidden: false });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function pod(name: string): Pod {
  const state = { running: { startedAt: '2026-11-28T10:00:00Z' } };
  return {
    metadata: { name, namespace: 'default', uid: name },
    spec: { containers: [{ name: 'main' }] },
    status: { containerStatuses: [{ name: 'main', containerID: name, state }] },
  } as unknown as Pod;
}

test('with few connections one log stays open and others are asked for again, but not while nobody looks', async () => {
  const asked: string[] = [];
  const fetcher = async (address: string | URL | Request) => {
    const text = String(address);
    asked.push(text);
    const line = '2026-11-28T10:00:01Z a line\n';
    if (!text.includes('follow=true')) return new Response(line);
    return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(line)) }));
  };
  const pods = [pod('a'), pod('b')];
  const all = signal(new Map(pods.map((each) => [`default/${each.metadata.name}`, each])));
  const work = new LogWork(new Api('', fetcher as typeof fetch), all, { previous: false }, 'few');
  work.want(targetsOf(pods, undefined));
  work.want(targetsOf(pods, undefined));
  await vi.advanceTimersByTimeAsync(10);
  const of = (name: string) => asked.filter((text) => text.includes(`/pods/${name}/log`));
  expect(of('a')).toEqual([expect.stringContaining('follow=true')]);
  expect(of('b')).toEqual([expect.not.stringContaining('follow=true')]);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(of('b').length).toBeGreaterThan(2);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(2_000);
  const before = of('b').length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(of('b')).toHaveLength(before);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(10);
  expect(of('b')).toHaveLength(before + 1);
  expect(of('a')).toHaveLength(1);
  expect(work.buffer.flush().lines.map(({ source, text }) => [source, text])).toEqual([
    [0, 'a line'],
    [1, 'a line'],
  ]);
  expect(work.prefixes()).toEqual(['a', 'b']);
  work.stop();
});
