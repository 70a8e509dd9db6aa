import { expect, test } from 'vitest';
import { RemoteDiscovery } from '../aggregation/discovery.ts';
import type { RemoteService, RemoteServices } from '../aggregation/remote-services.ts';
import { remoteOpenApi } from './remote-openapi.ts';

const service = (at: number): RemoteService => ({
  ...{ name: `v1.g${at}.dev`, group: `g${at}.dev`, version: 'v1', isAvailable: true },
  ...{ service: { namespace: 'default', name: 'back', port: 443 }, groupPriority: 1, versionPriority: 1 },
});

/** A discovery of so many APIServices, each of which has answered, with a number of resources of its own. */
async function discover(count: number, resources: number, describe: (group: string) => string) {
  const all = Array.from({ length: count }, (_, at) => service(at));
  const notes = new Map<string, string>();
  const state = { now: 0, most: 0 };
  const discovery = new RemoteDiscovery({
    remote: { all, has: () => true } as unknown as RemoteServices,
    notes: {
      read: (name) => notes.get(name),
      write: (name, text) => void notes.set(name, text),
      forget: (name) => void notes.delete(name),
    },
    ask: async ({ group }, path) => {
      state.most = Math.max(state.most, ++state.now);
      await new Promise((resolve) => setTimeout(resolve, 0));
      state.now--;
      const url = { serverRelativeURL: `/openapi/v3/apis/${group}/v1?hash=AB` };
      const index = { paths: { [`apis/${group}/v1`]: url } };
      const paths = { [`/apis/${group}/v1/x`]: { get: { description: describe(group) } } };
      const answers: Record<string, object> = { '/openapi/v3': index, '/openapi/v2': { paths } };
      return { status: 200, headers: {}, body: JSON.stringify(answers[path] ?? {}) };
    },
  });
  const list = {
    resources: Array.from({ length: resources }, (_, at) => ({ name: `resource${at}`, verbs: ['list'] })),
  };
  for (const one of all) await discovery.answered(one, JSON.stringify(list));
  return { discovery, notes, state };
}

test('of any number of documents five are asked for at once, and those for which there is no room are left out', async () => {
  const { discovery, state } = await discover(12, 1, (group) => (group === 'g11.dev' ? '' : 'x'.repeat(1024 * 1024)));
  state.most = 0;
  const { aggregated = [] } = (await remoteOpenApi(discovery, '/openapi/v2')) ?? {};
  expect(state.most).toBe(5);
  const groups = aggregated.map((part) => Object.keys(JSON.parse(part).paths)[0]?.split('/')[2]);
  expect(groups).toEqual([...Array.from({ length: 7 }, (_, at) => `g${at}.dev`), 'g11.dev']);
});

test('the resources of any number of servers take a bounded amount of memory', async () => {
  const { discovery, notes } = await discover(60, 2000, () => '');
  const sizes = [...notes.values()].map(({ length }) => length);
  expect(sizes[0]).toBeGreaterThan(200_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(9 * 1024 * 1024);
  const told = discovery.versions.filter(({ resources }) => resources).length;
  expect([told > 20, told < 60, discovery.versions.length]).toEqual([true, true, 60]);
});
