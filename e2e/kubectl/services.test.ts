/** Services and their addresses with a real kubectl. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('services', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a service has its address with it, from a range that can be added to', async () => {
    await kubectl.ok('create service clusterip web --tcp=80');
    const ip = await kubectl.ok('get svc web -o jsonpath={.spec.clusterIP}');
    expect(await kubectl.ok(`get ip ${ip}`)).toMatch(/services\/default\/web$/m);
    const cidr = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' } };
    await kubectl.ok('create -f -', JSON.stringify({ ...cidr, spec: { cidrs: ['10.201.0.0/24'] } }));
    await kubectl.ok('wait servicecidr/more --for=condition=Ready --timeout=20s');
    expect(await kubectl.ok('get servicecidrs')).toMatch(/^kubernetes +10.96.0.0\/16 .*\nmore +10.201.0.0\/24 /m);
    await kubectl.ok('create service clusterip other --tcp=80 --clusterip=10.201.0.9');
    await kubectl.ok('delete servicecidr more --wait=false');
    await kubectl.ok('wait servicecidr/more --for=condition=Ready=False --timeout=20s');
    expect(await kubectl.ok('get servicecidr more -o yaml')).toContain('There are still IPAddresses referencing');
    await kubectl.ok('delete svc web other');
    expect(await kubectl.fails(`get ip ${ip}`)).toContain('NotFound');
  });
});
