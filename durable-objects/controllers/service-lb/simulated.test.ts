import { expect, test } from 'vitest';
import type { Service } from '../../../kube/types.ts';
import { simulatedLoadBalancers } from './simulated.ts';

const service = (uid: string, ip?: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: uid, uid },
  status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
});

test('all Services are gone through once for the load balancers of a turn, and again once something was written', async () => {
  let times = 0;
  const known = { revision: 1, all: [service('x', '203.0.113.1')] };
  const provider = simulatedLoadBalancers({
    get revision() {
      return known.revision;
    },
    services() {
      times++;
      return known.all;
    },
    find: (_, name) => service(name),
  });
  const ensure = async (uid: string) => (await provider.ensureLoadBalancer(service(uid), []))?.ingress?.[0]?.ip;
  const given = new Set<string | undefined>();
  for (let i = 0; i < 100; i++) given.add(await ensure(`u${i}`));
  expect([times, given.size, given.has('203.0.113.1')]).toEqual([1, 100, false]);
  known.revision++;
  known.all = [...Array(154).keys()].map((i) => service(`y${i}`, `203.0.113.${i + 101}`));
  const wanted = { ...service('z'), spec: { loadBalancerIP: '203.0.113.254' } };
  await expect(provider.ensureLoadBalancer(wanted, [])).rejects.toThrow('in use already');
  expect(times).toBe(2);
});

test('a Service that went without its finalizer, or for another of its name, holds its address no more', async () => {
  const stored = new Map<string, Service>();
  const known = {
    revision: 1,
    services: () => [...stored.values()].filter(({ status }) => status?.loadBalancer?.ingress),
    find: (_: string, name: string) => stored.get(name),
  };
  const provider = simulatedLoadBalancers(known);
  const wanted = (uid: string, name = uid): Service => {
    const { metadata, ...rest } = service(uid);
    return { ...rest, metadata: { ...metadata, name, namespace: 'default' }, spec: { loadBalancerIP: '203.0.113.9' } };
  };
  const ensure = async (uid: string, name?: string) => {
    const one = wanted(uid, name);
    stored.set(one.metadata.name ?? '', one);
    known.revision++;
    return (await provider.ensureLoadBalancer(one, []))?.ingress?.[0]?.ip;
  };
  expect(await ensure('a')).toBe('203.0.113.9');
  // Its status is not written yet.
  await expect(ensure('b')).rejects.toThrow('in use already');
  stored.delete('a');
  expect(await ensure('b')).toBe('203.0.113.9');
  expect(await ensure('c', 'b')).toBe('203.0.113.9');
});
