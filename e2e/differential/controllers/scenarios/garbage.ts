/** Objects whose owners go, or never were. */
import type { Json } from '../../mutations.ts';
import { create, ownedBy, type Place, patch, remove, type Scenario, type Step, send, wait } from '../scenario.ts';

interface Owner {
  name: string;
  blocks?: boolean;
  uid?: string;
  kind?: string;
}

function map(name: string, metadata: Json = {}): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } };
}

/** A ConfigMap that others own, whose uids are those that they have. */
function owned(name: string, ...owners: Owner[]): Step {
  return {
    name: `own ${name} by ${JSON.stringify(owners)}`,
    async run({ side, namespace }: Place) {
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const ownerReferences: Json[] = [];
      for (const { name: owner, blocks, uid, kind = 'ConfigMap' } of owners) {
        const found = uid ?? (await side.must('GET', `${path}/${owner}`)).metadata.uid;
        ownerReferences.push({
          apiVersion: 'v1',
          kind,
          name: owner,
          uid: found,
          ...(blocks ? { blockOwnerDeletion: true } : {}),
        });
      }
      const { status } = await side.send('GET', `${path}/${name}`);
      if (status === 404) await side.must('POST', path, map(name, { ownerReferences }));
      else
        await side.must('PATCH', `${path}/${name}`, { metadata: { ownerReferences } }, 'application/merge-patch+json');
    },
  };
}

function volume(): Json {
  const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } };
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'NAMESPACE-v1' }, spec };
}

const gone = '00000000-0000-4000-8000-000000000000';
const at = (name: string) => `configmaps/${name}`;
const policy = (propagationPolicy: string) => ({ propagationPolicy });

export const garbage: Scenario[] = [
  {
    name: 'garbage-background',
    steps: [
      create(map('a')),
      owned('b', { name: 'a' }),
      owned('c', { name: 'b' }),
      remove(at('a'), policy('Background')),
      wait(1),
    ],
  },
  {
    name: 'garbage-foreground',
    steps: [
      create(map('a')),
      owned('b', { name: 'a', blocks: true }),
      owned('c', { name: 'b', blocks: true }),
      remove(at('a'), policy('Foreground')),
      wait(1),
    ],
  },
  {
    name: 'garbage-foreground-held',
    steps: [
      create(map('a')),
      owned('b', { name: 'a', blocks: true }),
      patch(at('b'), { metadata: { finalizers: ['own.io/x'] } }),
      remove(at('a'), policy('Foreground')),
      wait(1),
      patch(at('b'), { metadata: { finalizers: null } }, 'merge'),
    ],
  },
  {
    name: 'garbage-foreground-not-held',
    steps: [
      create(map('a')),
      owned('b', { name: 'a' }),
      patch(at('b'), { metadata: { finalizers: ['own.io/x'] } }),
      remove(at('a'), policy('Foreground')),
      wait(1),
      patch(at('b'), { metadata: { finalizers: null } }, 'merge'),
    ],
  },
  {
    name: 'garbage-orphan',
    steps: [create(map('a')), owned('b', { name: 'a' }), remove(at('a'), policy('Orphan')), wait(1)],
  },
  {
    name: 'garbage-two-owners',
    steps: [
      create(map('a'), map('b')),
      owned('c', { name: 'a' }, { name: 'b' }),
      remove(at('a'), policy('Background')),
      wait(1),
      remove(at('b'), policy('Background')),
    ],
  },
  {
    name: 'garbage-two-owners-foreground',
    steps: [
      create(map('a'), map('b')),
      owned('c', { name: 'a', blocks: true }, { name: 'b' }),
      remove(at('a'), policy('Foreground')),
      wait(1),
    ],
  },
  { name: 'garbage-no-owner', steps: [owned('b', { name: 'a', uid: gone }), wait(2)] },
  { name: 'garbage-other-uid', steps: [create(map('a')), owned('b', { name: 'a', uid: gone }), wait(2)] },
  { name: 'garbage-unknown-kind', steps: [owned('b', { name: 'a', uid: gone, kind: 'Nothing' }), wait(2)] },
  {
    name: 'garbage-circle',
    steps: [
      create(map('a')),
      owned('b', { name: 'a', blocks: true }),
      owned('a', { name: 'b', blocks: true }),
      remove(at('a'), policy('Foreground')),
      wait(2),
    ],
  },
  {
    name: 'garbage-circle-background',
    steps: [
      create(map('a')),
      owned('b', { name: 'a' }),
      owned('a', { name: 'b' }),
      remove(at('a'), policy('Background')),
      wait(2),
    ],
  },
  { name: 'garbage-default-policy', steps: [create(map('a')), owned('b', { name: 'a' }), remove(at('a')), wait(1)] },
  {
    name: 'garbage-late-dependent',
    steps: [
      create(map('a', { finalizers: ['own.io/x'] })),
      remove(at('a'), policy('Foreground')),
      owned('b', { name: 'a', blocks: true }),
      wait(1),
      patch(at('a'), { metadata: { finalizers: null } }, 'merge'),
      wait(1),
    ],
  },
  {
    name: 'garbage-owner-with-finalizer',
    steps: [
      create(map('a', { finalizers: ['own.io/x'] })),
      owned('b', { name: 'a' }),
      remove(at('a'), policy('Background')),
      wait(1),
      patch(at('a'), { metadata: { finalizers: null } }, 'merge'),
      wait(1),
    ],
  },
  {
    name: 'garbage-orphan-then-foreground',
    steps: [
      create(map('a', { finalizers: ['own.io/x'] })),
      owned('b', { name: 'a' }),
      remove(at('a'), policy('Orphan')),
      wait(1),
      remove(at('a'), policy('Foreground')),
      patch(at('a'), { metadata: { finalizers: null } }, 'merge'),
    ],
  },
  {
    name: 'garbage-of-cluster-object',
    steps: [
      create(volume()),
      ownedBy(at('b'), 'persistentvolumes/NAMESPACE-v1'),
      ownedBy(at('c'), 'persistentvolumes/NAMESPACE-v1', { uid: gone }),
      wait(2),
      remove('persistentvolumes/NAMESPACE-v1'),
      wait(1),
    ],
  },
  {
    name: 'garbage-cluster-object-of-namespaced',
    steps: [
      create(map('a')),
      create(volume()),
      ownedBy('persistentvolumes/NAMESPACE-v1', at('a')),
      wait(2),
      remove(at('a')),
      wait(2),
    ],
  },
  {
    name: 'garbage-of-other-namespace',
    steps: [
      send('POST', '/api/v1/namespaces', { metadata: { name: 'NAMESPACE-ns1' } }),
      send('POST', '/api/v1/namespaces/NAMESPACE-ns1/configmaps', map('a')),
      ownedBy(at('b'), '/api/v1/namespaces/NAMESPACE-ns1/configmaps/a'),
      wait(2),
      create(map('own')),
      ownedBy(at('c'), at('own')),
      ownedBy(at('c'), '/api/v1/namespaces/NAMESPACE-ns1/configmaps/a', {}, at('own')),
      wait(2),
      send('DELETE', '/api/v1/namespaces/NAMESPACE-ns1'),
    ],
  },
  {
    name: 'garbage-wrong-coordinates',
    steps: [
      create(map('a'), map('z')),
      ownedBy(at('b'), at('a'), { name: 'z' }),
      ownedBy(at('c'), at('a'), { kind: 'Secret' }),
      ownedBy(at('d'), at('a'), { apiVersion: 'v2' }),
      wait(3),
    ],
  },
];
