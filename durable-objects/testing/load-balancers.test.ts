/** Services of type LoadBalancer in a whole cluster. */
import { expect, test } from 'vitest';
import type { Event, Service } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NS = '/api/v1/namespaces/default';
const MERGE = 'application/merge-patch+json';
const ASK = { 'islet.dev/simulated-load-balancer': 'true' };

const service = (name: string, annotations = {}, spec = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

test('a Service waits for an address until it or its namespace asks for a simulated one, and goes for good', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const read = (name: string) => cluster.must<Service>(`GET ${NS}/services/${name}`);
  const ingress = async (name: string) => (await read(name)).status?.loadBalancer?.ingress;
  const annotate = (path: string, annotations: object) =>
    cluster.must(`PATCH ${path}`, { metadata: { annotations } }, MERGE);
  for (const name of ['a', 'b']) await cluster.must(`POST ${NS}/services`, service(name));
  await cluster.advance(60_000);
  expect([await ingress('a'), (await read('a')).metadata.finalizers]).toEqual([undefined, undefined]);
  expect(
    (await cluster.list<Event>(`${NS}/events`)).filter(({ involvedObject }) => involvedObject.kind === 'Service'),
  ).toEqual([]);

  await annotate(`${NS}/services/a`, ASK);
  await cluster.advance(5_000);
  expect(await ingress('a')).toEqual([{ ip: expect.stringMatching(/^203\.0\.113\.\d+$/), ipMode: 'VIP' }]);
  expect(await ingress('b')).toBeUndefined();
  await annotate(NS, ASK);
  await cluster.advance(5_000);
  expect((await ingress('b'))?.[0]?.ip).not.toBe((await ingress('a'))?.[0]?.ip);

  await annotate(`${NS}/services/b`, { 'islet.dev/simulated-load-balancer': 'false' });
  await cluster.advance(5_000);
  expect([await ingress('b'), (await read('b')).metadata.finalizers]).toEqual([undefined, undefined]);

  await cluster.must(`DELETE ${NS}/services/a`);
  await cluster.advance(5_000);
  expect((await cluster.send(`GET ${NS}/services/a`)).status).toBe(404);
  expect(cluster.reported).toEqual([]);
});

test('a wanted address is given where it is free, and an error that is asked for is told', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const ip = '203.0.113.7';
  await cluster.must(`POST ${NS}/services`, service('a', ASK, { loadBalancerIP: ip }));
  await cluster.advance(5_000);
  // A later life knows the addresses that were given.
  cluster.evict();
  const wrong = {
    b: { loadBalancerIP: ip },
    c: { loadBalancerIP: '10.0.0.1' },
    d: {},
    f: { loadBalancerIP: '203.0.113.1e1' },
    g: { loadBalancerIP: '203.0.113.007' },
  };
  for (const [name, spec] of Object.entries(wrong)) {
    const error = name === 'd' ? { 'islet.dev/simulated-load-balancer-error': 'quota exceeded' } : {};
    await cluster.must(`POST ${NS}/services`, service(name, { ...ASK, ...error }, spec));
  }
  await cluster.advance(5_000);
  const found = await cluster.must<Service>(`GET ${NS}/services/a`);
  expect(found.status?.loadBalancer?.ingress?.[0]?.ip).toBe(ip);
  const events = await cluster.list<Event>(`${NS}/events`);
  const why = events
    .filter(({ reason }) => reason === 'SyncLoadBalancerFailed')
    .map(({ message }) => message?.split('load balancer: ')[2]);
  expect(why.sort()).toEqual([
    'quota exceeded',
    'the requested address 10.0.0.1 is not in the range 203.0.113.0/24',
    'the requested address 203.0.113.007 is not in the range 203.0.113.0/24',
    'the requested address 203.0.113.1e1 is not in the range 203.0.113.0/24',
    'the requested address 203.0.113.7 is in use already',
  ]);
  const reply = await cluster.send(`POST ${NS}/services`, service('e', { 'islet.dev/simulated-load-balancer': 'yes' }));
  expect(reply.headers.warning ?? JSON.stringify(reply.headers)).toContain('must be \\"true\\" or \\"false\\"');
});
