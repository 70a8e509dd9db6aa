import { expect, test } from 'vitest';
import type { Event, Pod, ResourceClaim } from '../../kube/types.ts';
import { CLAIMS, TEMPLATES } from './resource-claim/facts.ts';
import { resourceClaimController } from './resource-claim-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { Refusal } from './runtime/testing/memory-api.ts';

const PROTECTED = ['resource.kubernetes.io/delete-protection'];
const allocation = { devices: { results: [{ request: 'r', driver: 'd', pool: 'p', device: 'one' }] } };
const consumer = (name: string, uid: string) => ({ resource: 'pods', name, uid });

/** A controller, and the objects of one namespace. */
class Claims {
  readonly harness = new Harness([resourceClaimController]);
  readonly api = this.harness.api;

  pod(name: string, resourceClaims: object[], more: object = {}) {
    const metadata = { name, namespace: 'n', uid: `uid-of-${name}` };
    return this.api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { resourceClaims }, ...more });
  }

  template(name: string) {
    const metadata = { labels: { l: '1' }, annotations: { a: '2' } };
    const spec = { metadata, spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } };
    return this.api.apply(TEMPLATES, { kind: 'ResourceClaimTemplate', metadata: { name, namespace: 'n' }, spec });
  }

  claim(name: string, status: object = {}, more: object = {}) {
    const metadata = { name, namespace: 'n', ...more };
    return this.api.apply(CLAIMS, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, status });
  }

  /** The pod's claims as its status tells of them. */
  told(name: string): unknown {
    return this.api.read<Pod>('pods', 'n', name)?.status?.resourceClaimStatuses;
  }

  read(name: string): ResourceClaim | undefined {
    return this.api.read<ResourceClaim>(CLAIMS, 'n', name);
  }

  get all(): ResourceClaim[] {
    return this.api.all<ResourceClaim>(`${CLAIMS}/`);
  }

  get events(): string[] {
    return this.api.all<Event>('events/').map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** With an eviction in between. */
  async settle(): Promise<void> {
    await this.harness.settle();
    this.harness.kill();
    await this.harness.settle();
    expect(this.harness.errors).toEqual([]);
  }
}

const made = (name: string) => ({ name, resourceClaimTemplateName: 't' });

test('a claim is made of a template for each pod that asks, and its status tells of it', async () => {
  const claims = new Claims();
  await claims.template('t');
  await claims.pod('p', [made('gpu'), made('nic'), { name: 'own', resourceClaimName: 'mine' }]);
  await claims.settle();
  const own = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-of-p', controller: true };
  expect(claims.all).toMatchObject(
    ['gpu', 'nic'].map((name) => ({
      metadata: {
        name: expect.stringMatching(`^p-${name}-.....$`),
        labels: { l: '1' },
        annotations: { a: '2', 'resource.kubernetes.io/pod-claim-name': name },
        ownerReferences: [own],
      },
      spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } },
    })),
  );
  const [gpu, nic] = claims.all.map(({ metadata }) => metadata.name);
  expect(claims.told('p')).toEqual([
    { name: 'gpu', resourceClaimName: gpu },
    { name: 'nic', resourceClaimName: nic },
  ]);
});

test('one that is deleted is made again, and all of the pod are told of', async () => {
  const claims = new Claims();
  await claims.template('t');
  await claims.pod('p', [made('gpu'), made('nic')]);
  await claims.settle();
  const [gpu, nic] = claims.all.map(({ metadata }) => metadata.name ?? '');
  await claims.api.remove(CLAIMS, 'n', gpu ?? '');
  await claims.settle();
  const again = claims.all.find(({ metadata }) => metadata.name !== nic)?.metadata.name;
  expect(claims.told('p')).toEqual([
    { name: 'gpu', resourceClaimName: again },
    { name: 'nic', resourceClaimName: nic },
  ]);
});

test('names that are too long together are shortened by their shares', async () => {
  const claims = new Claims();
  await claims.template('t');
  await claims.pod('p'.repeat(60), [made('c'.repeat(40))]);
  await claims.settle();
  expect(claims.all[0]?.metadata.name).toMatch(/^p{33}-c{22}.....$/);
});

test('a missing template, and a refusal, are told by an event; the template brings the claim', async () => {
  const claims = new Claims();
  await claims.pod('p', [made('gpu')]);
  await claims.settle();
  const missing = 'resource claim template "t": resourceclaimtemplate.resource.k8s.io "t" not found';
  expect(claims.events).toEqual([`FailedResourceClaimCreation: PodResourceClaim gpu: ${missing}`]);
  claims.api.intercept = ({ method, path }) => {
    if (method === 'POST' && path.includes('resourceclaims')) throw new Refusal('Forbidden', 'exceeded quota');
  };
  await claims.template('t');
  await claims.harness.settle();
  expect(claims.events.at(-1)).toBe(
    'FailedResourceClaimCreation: PodResourceClaim gpu: create ResourceClaim : exceeded quota',
  );
  claims.api.intercept = () => {};
  await claims.harness.settle(60_000);
  expect(claims.all.length).toBe(1);
});

test('a claim is freed once its last consumer is done, and others keep it', async () => {
  const claims = new Claims();
  const use = [{ name: 'own', resourceClaimName: 'c' }];
  const other = { apiGroup: 'example.com', resource: 'jobs', name: 'j', uid: 'u' };
  const spec = { nodeName: 'n1', resourceClaims: use };
  for (const name of ['a', 'b']) await claims.pod(name, use, { spec });
  const reservedFor = [
    consumer('a', 'uid-of-a'),
    consumer('b', 'uid-of-b'),
    consumer('gone', 'u'),
    consumer('a', 'old'),
  ];
  await claims.claim('c', { allocation, reservedFor }, { finalizers: PROTECTED });
  await claims.claim('other', { allocation, reservedFor: [consumer('gone', 'u'), other] }, { finalizers: PROTECTED });
  await claims.settle();
  expect(claims.read('c')?.status).toEqual({ allocation, reservedFor: reservedFor.slice(0, 2) });
  expect(claims.read('other')?.status).toEqual({ allocation, reservedFor: [other] });
  await claims.api.patch('pods', 'n', 'a', { status: { phase: 'Succeeded' } }, true);
  await claims.settle();
  expect(claims.read('c')?.status).toEqual({ allocation, reservedFor: [consumer('b', 'uid-of-b')] });
  await claims.api.remove('pods', 'n', 'b');
  await claims.settle();
  expect([claims.read('c')?.status, claims.read('c')?.metadata.finalizers]).toEqual([{}, []]);
});

test('a claim that is deleted goes when it is free, whether or not it was ever used', async () => {
  const claims = new Claims();
  await claims.claim('unused', { allocation }, { finalizers: PROTECTED });
  await claims.pod('p', [{ name: 'own', resourceClaimName: 'used' }], { spec: { nodeName: 'n1' } });
  const reservedFor = [consumer('p', 'uid-of-p')];
  await claims.claim('used', { allocation, reservedFor }, { finalizers: PROTECTED });
  await claims.settle();
  expect(claims.read('unused')?.status).toEqual({ allocation });
  for (const name of ['unused', 'used']) await claims.api.remove(CLAIMS, 'n', name);
  await claims.settle();
  expect([claims.read('unused'), claims.read('used')?.status]).toEqual([undefined, { allocation, reservedFor }]);
});

test('a claim of a pod that is done, or of its predecessor, is deleted; one of a pod on its way stays', async () => {
  const claims = new Claims();
  await claims.template('t');
  await claims.pod('done', [made('gpu')]);
  await claims.pod('going', [made('gpu')], { spec: { nodeName: 'n1', resourceClaims: [made('gpu')] } });
  await claims.settle();
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'done', uid: 'before', controller: true }];
  await claims.claim('old', {}, { ownerReferences });
  await claims.api.patch('pods', 'n', 'going', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
  await claims.api.patch(
    'pods',
    'n',
    'done',
    {
      status: { ...claims.api.read<Pod>('pods', 'n', 'done')?.status, phase: 'Failed' },
    },
    true,
  );
  await claims.settle();
  expect(claims.all.map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual(['going']);
});

test('the claim of extended resources goes with the end of its pod', async () => {
  const claims = new Claims();
  const extendedResourceClaimStatus = { resourceClaimName: 'x', requestMappings: [] };
  const spec = { nodeName: 'n1' };
  await claims.pod('p', [], { spec, status: { extendedResourceClaimStatus } });
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-of-p', controller: true }];
  const reservedFor = [consumer('p', 'uid-of-p')];
  await claims.claim('x', { allocation, reservedFor }, { ownerReferences, finalizers: PROTECTED });
  await claims.settle();
  expect(claims.read('x')?.status?.reservedFor).toEqual(reservedFor);
  await claims.api.patch('pods', 'n', 'p', { status: { phase: 'Succeeded', extendedResourceClaimStatus } }, true);
  await claims.settle();
  expect(claims.read('x')).toBeUndefined();
});

test('a pod that another than the scheduler gave its node has its allocated claims reserved', async () => {
  const claims = new Claims();
  const resourceClaims = ['free', 'c'].map((name) => ({ name, resourceClaimName: name }));
  await claims.claim('free');
  await claims.claim('c', { allocation, reservedFor: [{ resource: 'jobs', name: 'j', uid: 'u' }] });
  await claims.pod('p', resourceClaims, { spec: { nodeName: 'n1', resourceClaims } });
  await claims.settle();
  expect(claims.read('free')?.status).toEqual({});
  expect(claims.read('c')?.status?.reservedFor).toContainEqual(consumer('p', 'uid-of-p'));
});
