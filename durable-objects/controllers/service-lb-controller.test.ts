import { expect, test } from 'vitest';
import type { Event, Service } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { loadBalancerEffects } from './service-lb/effects.ts';
import type { Backend, LoadBalancer } from './service-lb/load-balancer.ts';
import { serviceLBController } from './service-lb-controller.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

/** Has one load balancer a Service, by uid, with the nodes that it sends to. */
class Provider implements LoadBalancer {
  readonly made = new Map<string, string>();
  fails = '';

  serves({ metadata }: Service): boolean {
    return metadata.name !== 'anothers';
  }

  async getLoadBalancer({ metadata }: Service) {
    return this.made.has(metadata.uid ?? '') ? {} : undefined;
  }

  async ensureLoadBalancer(service: Service, nodes: readonly Backend[]) {
    await this.updateLoadBalancer(service, nodes);
    return service.metadata.name === 'elsewhere' ? undefined : { ingress: [{ ip: '198.51.100.1' }] };
  }

  async updateLoadBalancer({ metadata }: Service, nodes: readonly Backend[]) {
    if (this.fails) throw new Error(this.fails);
    this.made.set(metadata.uid ?? '', nodes.map(({ name }) => name).join());
  }

  async ensureLoadBalancerDeleted({ metadata }: Service) {
    if (this.fails) throw new Error(this.fails);
    this.made.delete(metadata.uid ?? '');
  }
}

interface Scene {
  harness: Harness;
  provider: Provider;
  service(name?: string): Service | undefined;
  events(): string[];
}

async function start(names: readonly string[] = ['web'], nodes: readonly string[] = ['n1']): Promise<Scene> {
  const provider = new Provider();
  const harness = new Harness([serviceLBController(provider)], loadBalancerEffects(provider));
  const { api } = harness;
  for (const name of nodes) await api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  await harness.settle();
  for (const name of names) {
    const spec = {
      type: 'LoadBalancer',
      ports: [{ port: 80 }],
      ...(name === 'classy' ? { loadBalancerClass: 'x/y' } : {}),
    };
    await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec });
  }
  await harness.settle();
  return {
    harness,
    provider,
    service: (name = 'web') => api.read<Service>('services', 'default', name),
    events: () =>
      api
        .all<Event>('events/')
        .map(({ type, reason, message, count = 1 }) => `${type} ${reason} ${message}${count > 1 ? ` ×${count}` : ''}`),
  };
}

test('a Service gets a finalizer, a load balancer for all nodes, and its addresses, and events tell of it', async () => {
  const { provider, service, events } = await start();
  expect(service()?.metadata.finalizers).toEqual([FINALIZER]);
  expect(service()?.status).toEqual({ loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } });
  expect([...provider.made.values()]).toEqual(['n1']);
  expect(events()).toEqual([
    'Normal EnsuringLoadBalancer Ensuring load balancer',
    'Normal EnsuredLoadBalancer Ensured load balancer',
  ]);
});

test('Services of other classes and providers are left alone, and one that is served elsewhere has no address', async () => {
  const { service, events } = await start(['classy', 'anothers']);
  for (const name of ['classy', 'anothers']) {
    expect(service(name)?.metadata.finalizers ?? []).toEqual([]);
    expect(service(name)?.status?.loadBalancer?.ingress).toBeUndefined();
  }
  expect(events()).toEqual([]);
  const other = await start(['elsewhere']);
  expect(other.service('elsewhere')?.status?.loadBalancer?.ingress).toBeUndefined();
  expect(other.events()).toEqual(['Normal EnsuringLoadBalancer Ensuring load balancer']);
});

test('one that is deleted, or has another type now, loses its load balancer and then its finalizer', async () => {
  const { harness, provider, service, events } = await start();
  const { api } = harness;
  await api.patch('services', 'default', 'web', { spec: { type: 'ClusterIP' } });
  await harness.settle();
  expect([service()?.metadata.finalizers, service()?.status?.loadBalancer?.ingress]).toEqual([[], undefined]);
  expect(provider.made.size).toBe(0);
  expect(events().slice(2)).toEqual([
    'Normal DeletingLoadBalancer Deleting load balancer',
    'Normal DeletedLoadBalancer Deleted load balancer',
  ]);
  await api.patch('services', 'default', 'web', { spec: { type: 'LoadBalancer' } });
  await harness.settle();
  expect(provider.made.size).toBe(1);
  await api.remove('services', 'default', 'web');
  await harness.settle();
  expect([service(), provider.made.size]).toEqual([undefined, 0]);
});

test('it is asked again after five seconds, and then twice as long, while the provider fails', async () => {
  const { harness, provider, service, events } = await start([]);
  provider.fails = 'out of quota';
  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
  const metadata = { name: 'web', namespace: 'default' };
  await harness.api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
  await harness.settle(1_000);
  const why =
    'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to ensure load balancer: out of quota';
  expect(events()).toContain(why);
  await harness.settle(6_000);
  await harness.settle(11_000);
  expect(events()).toContain(`${why} ×3`);
  provider.fails = '';
  await harness.settle(21_000);
  expect(service()?.status?.loadBalancer?.ingress).toHaveLength(1);
  provider.fails = 'no answer';
  await harness.api.remove('services', 'default', 'web');
  await harness.settle(1_000);
  expect(events()).toContain(
    'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to delete load balancer: no answer',
  );
  expect(service()).toBeDefined();
  provider.fails = '';
  await harness.settle(60_000);
  expect(service()).toBeUndefined();
});

test('load balancers follow the nodes, but for those that are excluded or about to go', async () => {
  const { harness, provider, events } = await start();
  const { api } = harness;
  const node = (name: string, labels = {}, spec = {}) =>
    api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec });
  const excluded = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };
  await node('out', excluded);
  await node('leaving', {}, { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] });
  await harness.settle();
  expect(events()).toHaveLength(2);
  await node('n2');
  await node('n3');
  await harness.settle();
  expect([...provider.made.values()]).toEqual(['n1,n2,n3']);
  expect(events().slice(2)).toEqual(['Normal UpdatedLoadBalancer Updated load balancer with new hosts']);
  provider.fails = 'no answer';
  await api.patch('nodes', '', 'n2', { metadata: { labels: excluded } });
  await harness.settle(1_000);
  expect(events()).toContain(
    'Warning UpdateLoadBalancerFailed Error updating load balancer with new hosts [n1 n3] [node names limited, total number of nodes: 2], error: no answer',
  );
  provider.fails = '';
  for (const name of ['n1', 'n3']) await api.remove('nodes', '', name);
  await harness.settle(60_000);
  expect([...provider.made.values()]).toEqual(['']);
  expect(events()).toContain('Warning UnAvailableLoadBalancer There are no available nodes for LoadBalancer');
});

test('what does not matter to a load balancer wakes nothing; an annotation may', async () => {
  const { harness, events } = await start();
  await harness.api.patch('services', 'default', 'web', { metadata: { labels: { a: 'b' } } });
  await harness.settle();
  expect(events()).toHaveLength(2);
  await harness.api.patch('services', 'default', 'web', { metadata: { annotations: { a: 'b' } } });
  await harness.settle();
  expect(events().at(-1)).toBe('Normal EnsuredLoadBalancer Ensured load balancer ×2');
});

test('wherever the object dies, a Service has its load balancer in the end, and a deleted one leaves none behind', async () => {
  for (let steps = 0; steps < 30; steps++) {
    const { harness, provider, service } = await start([]);
    const { api } = harness;
    const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
    const dieAfter = async (count: number) => {
      for (let step = 0; step < count; step++) await harness.step();
      harness.kill();
      await harness.settle();
    };
    const metadata = { name: 'web', namespace: 'default' };
    await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
    await dieAfter(steps);
    expect([service()?.metadata.finalizers, service()?.status?.loadBalancer?.ingress?.length]).toEqual([
      [FINALIZER],
      1,
    ]);
    await api.patch('services', 'default', 'web', { spec: { type: 'NodePort' } });
    await dieAfter(steps);
    expect([service()?.metadata.finalizers, provider.made.size]).toEqual([[], 0]);
    await api.patch('services', 'default', 'web', { spec: { type: 'LoadBalancer' } });
    await dieAfter(steps);
    await api.remove('services', 'default', 'web');
    await dieAfter(steps);
    expect([service(), provider.made.size, harness.errors]).toEqual([undefined, 0, []]);
  }
});
