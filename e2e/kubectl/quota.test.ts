/** Limits of a namespace with a real kubectl: LimitRange, ResourceQuota and Pod Security. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('limits of a namespace', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    for (const name of ['held', 'bounded', 'safe']) await kubectl.ok(`create namespace ${name}`);
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a quota is created, described and kept', async () => {
    expect(await kubectl.ok('create quota q --hard=pods=1,services=5,count/configmaps=9 -n held')).toBe(
      'resourcequota/q created\n',
    );
    await kubectl.ok('run a --image=nginx -n held');
    expect(await kubectl.fails('run b --image=nginx -n held')).toContain(
      'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );
    expect(await kubectl.ok('describe quota q -n held')).toMatch(/^pods +1 +1\nservices +0 +5$/m);
    expect(await kubectl.ok('get quota -n held')).toMatch(
      /^q +count\/configmaps: 1\/9, pods: 1\/1, services: 0\/5 +\S+$/m,
    );
    expect(await kubectl.ok('describe namespace held')).toMatch(/Resource Quotas\n +Name: +q\n/);
  });

  test('a quota of scopes counts the pods in them', async () => {
    await kubectl.ok('create quota best --hard=pods=1 --scopes=BestEffort -n bounded');
    expect(await kubectl.ok('describe quota best -n bounded')).toMatch(/Scopes: +BestEffort/);
  });

  test('a limit range fills in what containers leave out, and is described', async () => {
    const limits = [
      { type: 'Container', max: { cpu: '1' }, default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } },
    ];
    const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'r' }, spec: { limits } };
    await kubectl.ok('apply -n bounded -f -', JSON.stringify(range));
    expect(await kubectl.ok('describe limitrange r -n bounded')).toMatch(/^Container +cpu +- +1 +100m +500m +-$/m);
    await kubectl.ok('run a --image=nginx -n bounded');
    const resources = await kubectl.ok('get pod a -n bounded -o jsonpath={.spec.containers[0].resources}');
    expect(JSON.parse(resources)).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } });
  });

  test('labels of a namespace make its pods safe', async () => {
    await kubectl.ok('run a --image=nginx -n safe');
    const label = 'label namespace safe pod-security.kubernetes.io/enforce=restricted';
    const { stderr } = await kubectl.run(label.split(' '));
    expect(stderr).toContain(
      'Warning: existing pods in namespace "safe" violate the new PodSecurity enforce level "restricted:latest"',
    );
    expect(stderr).toContain('Warning: a: allowPrivilegeEscalation != false, unrestricted capabilities,');
    expect(await kubectl.fails('run b --image=nginx -n safe')).toContain(
      'pods "b" is forbidden: violates PodSecurity "restricted:latest":',
    );
    const deployment = 'create deployment web --image=nginx -n safe';
    expect((await kubectl.run(deployment.split(' '))).stderr).toContain(
      'Warning: would violate PodSecurity "restricted:latest"',
    );
  });
});
