/** ResourceClaims and the pods that use them, where no device is there to be allocated. */
import type { Json } from '../../mutations.ts';
import { create, kill, patch, patchPods, remove, type Scenario, type Step, together, wait } from '../scenario.ts';
import { pod } from './objects.ts';

const requests = [{ name: 'device', exactly: { deviceClassName: 'none.example.com' } }];

export function claimTemplate(name: string, spec: Json = { devices: { requests } }, metadata: Json = {}): Json {
  const kind = 'ResourceClaimTemplate';
  return { apiVersion: 'resource.k8s.io/v1', kind, metadata: { name }, spec: { metadata, spec } };
}

export function claim(name: string, spec: Json = { devices: { requests } }, metadata: Json = {}): Json {
  return { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name, ...metadata }, spec };
}

/** A pod with claims: of the template `t`, unless the entry says otherwise. */
export function claimant(name: string, entries: Record<string, Json>, spec: Json = {}): Json {
  const resourceClaims = Object.entries(entries).map(([entry, of]) => ({ name: entry, ...of }));
  return pod(name, {}, { resourceClaims, ...spec });
}

export const ofTemplate = (name = 't'): Json => ({ resourceClaimTemplateName: name });
export const ofClaim = (name: string): Json => ({ resourceClaimName: name });

const FINALIZER = 'resource.kubernetes.io/delete-protection';

/** As a driver or a scheduler of another's may write it. */
function allocated(name: string, ...pods: string[]): Step {
  return {
    name: `allocate ${name} for ${pods}`,
    async run({ side, namespace }) {
      const path = `/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims/${name}`;
      await side.must('PATCH', path, { metadata: { finalizers: [FINALIZER] } }, 'application/merge-patch+json');
      const reservedFor = await Promise.all(
        pods.map(async (pod) => {
          const found = await side.send('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`);
          return { resource: 'pods', name: pod, uid: found.body.metadata?.uid ?? 'gone' };
        }),
      );
      const result = { request: 'device', driver: 'none.example.com', pool: 'pool', device: 'one' };
      const status = { allocation: { devices: { results: [result] } }, ...(pods.length > 0 ? { reservedFor } : {}) };
      await side.must('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
    },
  };
}

const end = (name: string, phase: string): Step =>
  patchPods({ named: new RegExp(`^${name}$`) }, { status: { phase } }, '/status');

export const resourceClaims: Scenario[] = [
  {
    name: 'claim-template',
    steps: [
      create(claimTemplate('t', undefined, { labels: { l: '1' }, annotations: { a: '2' } })),
      create(claimant('p', { gpu: ofTemplate(), nic: ofTemplate() })),
      kill({ named: /^p/ }),
    ],
  },
  {
    name: 'claim-template-late',
    steps: [create(claimant('p', { gpu: ofTemplate('late') })), create(claimTemplate('late'))],
  },
  {
    name: 'claim-template-both',
    steps: [
      create(claimTemplate('t'), claim('c')),
      create(claimant('p', { gpu: ofTemplate(), own: ofClaim('c'), missing: ofClaim('missing') })),
      create(claim('missing')),
      remove('resourceclaims/c'),
    ],
  },
  {
    name: 'claim-released',
    steps: [
      create(claim('c'), claimant('p', { own: ofClaim('c') }), claimant('q', { own: ofClaim('c') })),
      together(allocated('c', 'p', 'q', 'gone'), wait(10)),
      // While another uses the claim, upstream reserves it for an ended pod again and again.
      kill({ named: /^q/ }),
      end('p', 'Succeeded'),
    ],
  },
  {
    name: 'claim-deleted',
    steps: [
      create(claim('used'), claim('unused'), claimant('p', { own: ofClaim('used') })),
      together(allocated('used', 'p'), allocated('unused'), wait(10)),
      remove('resourceclaims/used'),
      remove('resourceclaims/unused'),
      kill({ named: /^p/ }),
    ],
  },
  {
    name: 'claim-assigned',
    nodes: 1,
    steps: [
      create(claim('c'), claim('free')),
      allocated('c'),
      create(claimant('p', { own: ofClaim('c'), free: ofClaim('free') }, { nodeName: 'claim-assigned-n1' })),
      patch('pods/p', { metadata: { annotations: { 'suite/run': 'succeed' } } }),
    ],
  },
];
