import { expect, test } from 'vitest';
import type { WatchAnswer } from '../request.ts';
import { grant } from '../testing/grant.ts';
import { testApi } from '../testing/harness.ts';
import { MAPS } from '../testing/objects.ts';

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a watch keeps its seat until its first events were sent, and one from a revision keeps none', async () => {
  const user = { name: 'jane', groups: ['system:authenticated'] };
  const api = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  await grant(api, user.name, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  const watch = async (query: string): Promise<WatchAnswer> => {
    const answer = await api.send(`GET ${MAPS}?watch=1${query}`, { user });
    if (answer.type !== 'watch') throw new Error('no watch');
    return answer;
  };
  expect((await watch('&resourceVersion=1')).begun).toBeUndefined();
  const { begun } = await watch('');
  let isDone = false;
  const get = api.call(`GET ${MAPS}/kube-root-ca.crt`, { user }).finally(() => {
    isDone = true;
  });
  await turn();
  expect(isDone).toBe(false);
  begun?.();
  expect((await get).status).toBe(404);
});
