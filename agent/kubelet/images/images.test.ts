import { expect, test } from 'vitest';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod, Secret } from '../../../kube/types.ts';
import type { ImageEntry, Runtime } from '../../runtimes/runtime.ts';
import { ImageManager, normalReference } from './images.ts';

interface Credential {
  username?: string;
}

function rig(present: string[], reachable: string[], secrets: Record<string, Secret> = {}) {
  let now = 1_000_000;
  const pulls: string[] = [];
  const entry = (id: string): ImageEntry => ({ id, tags: [], digests: [], size: 7, username: '' });
  const runtime = {
    image: async (reference: string) => (present.includes(reference) ? entry(reference) : undefined),
    pullImage: async (reference: string, credential?: Credential) => {
      pulls.push(credential ? `${reference} as ${credential.username}` : reference);
      if (!reachable.includes(reference)) throw new Error('no route');
      present.push(reference);
      return reference;
    },
  } as unknown as Runtime;
  const manager = new ImageManager(runtime, { now: () => now });
  const events: string[] = [];
  const ensure = (image: string, imagePullPolicy?: string) =>
    manager.ensure({
      pod: {
        metadata: { uid: 'u' },
        spec: { imagePullSecrets: Object.keys(secrets).map((name) => ({ name })) },
      } as unknown as Pod,
      container: { name: 'c', image, imagePullPolicy } as Container,
      secret: async (name) => secrets[name],
      event: (event: PodEvent) => void events.push(event.reason),
    });
  return { ensure, events, pulls, manager, pass: (ms: number) => (now += ms) };
}

test('An image that is present is not pulled, unless its policy is Always', async () => {
  const { ensure, pulls } = rig(['nginx:1', 'busybox:latest'], ['nginx:1', 'busybox:latest']);
  await ensure('nginx:1');
  await ensure('nginx:1', 'Never');
  expect(pulls).toEqual([]);
  await ensure('busybox');
  await ensure('nginx:1', 'Always');
  expect(pulls).toEqual(['busybox:latest', 'nginx:1']);
});

test('A pull that fails is tried again after a back-off, with the reasons and events that kubectl users know', async () => {
  const { ensure, events, pulls, pass } = rig([], []);
  await expect(ensure('none:1')).rejects.toMatchObject({ reason: 'ErrImagePull', message: 'no route' });
  await expect(ensure('none:1')).rejects.toMatchObject({
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "none:1": ErrImagePull: no route',
    retryAt: 1_010_000,
  });
  expect(events).toEqual(['Pulling', 'Failed', 'BackOff']);
  pass(10_000);
  await expect(ensure('none:1')).rejects.toMatchObject({ reason: 'ErrImagePull' });
  expect(pulls).toHaveLength(2);
  await expect(ensure('none:1', 'Never')).rejects.toMatchObject({ reason: 'ErrImageNeverPull' });
  await expect(ensure('Not an image')).rejects.toMatchObject({ reason: 'InvalidImageName' });
});

test('References get a tag when they have none', () => {
  expect(normalReference('nginx')).toBe('nginx:latest');
  expect(normalReference('localhost:5000/a/b')).toBe('localhost:5000/a/b:latest');
  expect(normalReference('a.b/c:v1')).toBe('a.b/c:v1');
  expect(normalReference(`a@sha256:${'0'.repeat(64)}`)).toContain('@sha256:');
  expect(normalReference('UPPER/case')).toBeUndefined();
});

test('Credentials come out of both kinds of pull secrets, and a secret that is missing is told', async () => {
  const secret = (key: string, config: object) =>
    ({ data: { [key]: Buffer.from(JSON.stringify(config)).toString('base64') } }) as unknown as Secret;
  const { ensure, pulls, events } = rig([], ['docker.io/shop/web:1'], {
    old: secret('.dockercfg', { 'https://index.docker.io/v1/': { username: 'old' } }),
    other: secret('.dockerconfigjson', { auths: { 'ghcr.io': { username: 'other' } } }),
    none: undefined as unknown as Secret,
  });
  await ensure('docker.io/shop/web:1');
  expect(pulls).toEqual(['docker.io/shop/web:1 as old']);
  expect(events).toEqual(['Pulling', 'FailedToRetrieveImagePullSecret', 'Pulled']);
});

test('Of a pod that is gone no failed pull is remembered', async () => {
  const { ensure, manager, pulls } = rig([], []);
  await expect(ensure('nginx:1')).rejects.toThrow('no route');
  await expect(ensure('nginx:1')).rejects.toThrow('Back-off');
  manager.forget('u');
  await expect(ensure('nginx:1')).rejects.toThrow('no route');
  expect(pulls).toHaveLength(2);
});

test('After the clock was set back a pull that failed does not wait for the time of before', async () => {
  const { ensure, pulls, pass } = rig([], []);
  await expect(ensure('nginx:1')).rejects.toMatchObject({ reason: 'ErrImagePull' });
  await expect(ensure('nginx:1')).rejects.toMatchObject({ reason: 'ImagePullBackOff' });
  pass(-500_000);
  await expect(ensure('nginx:1')).rejects.toMatchObject({ reason: 'ErrImagePull' });
  expect(pulls).toHaveLength(2);
});

test('An image that was there under another name is not taken for one that the agent has brought', async () => {
  const names: Record<string, string> = { 'mirror/web:1': 'of-another' };
  const runtime = {
    image: async (reference: string) => (names[reference] ? { id: names[reference], size: 7 } : undefined),
    images: async () => Object.values(names).map((id) => ({ id })),
    pullImage: async (reference: string) => {
      names[reference] = reference === 'web:1' ? 'of-another' : 'new';
    },
  } as unknown as Runtime;
  const told: string[] = [];
  const manager = new ImageManager(
    runtime,
    { now: () => 0 },
    { pulled: async (id) => void told.push(`pulled ${id}`), needed: async (id) => void told.push(`needed ${id}`) },
  );
  for (const image of ['web:1', 'other:1']) {
    await manager.ensure({
      pod: { metadata: { uid: 'u' } } as Pod,
      container: { name: 'c', image } as Container,
      secret: async () => undefined,
      event: () => {},
    });
  }
  expect(told).toEqual(['needed of-another', 'pulled new']);
});
