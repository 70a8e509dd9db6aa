import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { type Api, ApiError } from '../api/client.ts';
import { FakeClock, settle } from '../testing/fake-clock.ts';
import { EventRecorder } from './events.ts';

function rig() {
  const clock = new FakeClock();
  const requests: string[] = [];
  const said: string[] = [];
  let answer = (): ApiError | undefined => undefined;
  const api: Api = {
    request: async (method, path, body) => {
      const { count, reason } = body as { count: number; reason?: string };
      requests.push(`${method} ${reason ?? path.split('/').at(-2)} ${count}`);
      const error = answer();
      if (error) throw error;
      return {} as never;
    },
  };
  const events = new EventRecorder({ api, node: 'n', clock, random: () => 0.5, warn: (text) => void said.push(text) });
  const pod = (name: string) => ({ metadata: { name, namespace: 'd', uid: name } }) as Pod;
  const say = (name: string, reason: string, fieldPath?: string) =>
    events.pod(pod(name), { type: 'Normal', reason, message: 'm', fieldPath });
  const fail = (error: () => ApiError | undefined) => {
    answer = error;
  };
  return { clock, requests, said, say, fail };
}

test('A repeat counts up the event that was written; one of another part of the pod is none', async () => {
  const { say, requests } = rig();
  say('a', 'Pulled');
  await settle();
  say('a', 'Pulled');
  await settle();
  say('a', 'Pulled', 'spec.containers{c}');
  await settle();
  expect(requests).toEqual(['POST Pulled 1', 'PATCH events 2', 'POST Pulled 1']);
});

test('Without a cluster repeats wait as one, the number that waits is bounded, and each is given up in the end', async () => {
  const { clock, say, fail, requests, said } = rig();
  fail(() => new ApiError(0, 'no route'));
  for (let i = 0; i < 20; i++) say('a', 'Pulled');
  for (let i = 0; i < 1500; i++) say(`pod-${i}`, 'Pulled');
  await settle();
  expect(said).toEqual(['events are dropped: too many wait to be written']);
  fail(() => undefined);
  await clock.advance(2_000);
  expect(requests.length).toBe(1001);
  expect(requests[1]).toBe('POST Pulled 20');
  fail(() => new ApiError(0, 'no route'));
  say('b', 'Failed');
  await clock.advance(600_000);
  expect(requests.filter((request) => request === 'POST Failed 1')).toHaveLength(12);
});

test('An event that has expired is written anew, and one that is refused is not tried again', async () => {
  const { say, fail, requests } = rig();
  say('a', 'Pulled');
  await settle();
  let refusals = 1;
  fail(() => (refusals-- > 0 ? new ApiError(404, 'gone') : undefined));
  say('a', 'Pulled');
  await settle();
  fail(() => new ApiError(403, 'no'));
  say('a', 'Killing');
  await settle();
  expect(requests).toEqual(['POST Pulled 1', 'PATCH events 2', 'POST Pulled 1', 'POST Killing 1']);
});
