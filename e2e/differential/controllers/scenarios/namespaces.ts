/** Namespaces that are deleted, and what holds them. */
import type { Json } from '../../mutations.ts';
import { type Scenario, type Step, SUITE, send, wait } from '../scenario.ts';
import { pod } from './objects.ts';

const NS = '/api/v1/namespaces/NAMESPACE-ns1';
const MERGE = 'application/merge-patch+json';

const ON_OWN_NODES = { nodeSelector: { [SUITE]: 'NAMESPACE' } };

const held = (name: string, ...finalizers: string[]): Json => ({ metadata: { name, finalizers } });

function begin(more: Json = {}): Step {
  return send('POST', '/api/v1/namespaces', { metadata: { name: 'NAMESPACE-ns1' }, ...more });
}

/** Upstream waits five seconds before it begins. */
const end = [send('DELETE', NS), wait(8)];

const free = (path: string): Step => send('PATCH', path, { metadata: { finalizers: null } }, MERGE);

const GROUP = 'NAMESPACE.example.com';
const THINGS = `/apis/${GROUP}/v1/namespaces/NAMESPACE-ns1/things`;
const thing = { apiVersion: `${GROUP}/v1`, kind: 'Thing' };

const definition = send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `things.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

export const namespaces: Scenario[] = [
  {
    name: 'namespace-plain',
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a')),
      send('POST', `${NS}/pods`, pod('a', {}, ON_OWN_NODES)),
      ...end,
      wait(4),
    ],
  },
  {
    name: 'namespace-held',
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a', 'own.io/x')),
      send('POST', `${NS}/configmaps`, held('b', 'own.io/x', 'own.io/y')),
      send('POST', `${NS}/secrets`, held('a', 'own.io/x')),
      send('POST', `${NS}/services`, { ...held('a', 'own.io/z'), spec: { ports: [{ port: 80 }] } }),
      ...end,
      free(`${NS}/configmaps/a`),
      wait(16),
      free(`${NS}/configmaps/b`),
      free(`${NS}/secrets/a`),
      free(`${NS}/services/a`),
      wait(16),
    ],
  },
  {
    name: 'namespace-pods-held',
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a', 'own.io/x')),
      send('POST', `${NS}/pods`, pod('a', { finalizers: ['own.io/p'] }, ON_OWN_NODES)),
      send('POST', `${NS}/pods`, pod('b', {}, { ...ON_OWN_NODES, terminationGracePeriodSeconds: 3 })),
      ...end,
      wait(10),
      free(`${NS}/pods/a`),
      wait(20),
      free(`${NS}/configmaps/a`),
      wait(16),
    ],
  },
  {
    name: 'namespace-with-own-finalizers',
    steps: [
      begin({ metadata: { name: 'NAMESPACE-ns1', finalizers: ['own.io/n'] }, spec: { finalizers: ['own.io/s'] } }),
      send('POST', `${NS}/configmaps`, held('a')),
      ...end,
      free(NS),
      wait(2),
      {
        name: 'finalize',
        async run({ side, namespace }) {
          const path = `/api/v1/namespaces/${namespace}-ns1`;
          const { body } = await side.send('GET', path);
          await side.send('PUT', `${path}/finalize`, { ...body, spec: { finalizers: [] } });
        },
      },
    ],
  },
  {
    name: 'namespace-refilled',
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a', 'own.io/x')),
      ...end,
      send('POST', `${NS}/configmaps`, held('late')),
      send('PUT', `${NS}/finalize`, { metadata: { name: 'NAMESPACE-ns1' }, spec: {} }),
      wait(3),
      free(`${NS}/configmaps/a`),
    ],
  },
  {
    name: 'namespace-custom-objects',
    steps: [
      begin(),
      definition,
      wait(3),
      send('POST', THINGS, { ...thing, metadata: { name: 'a' } }),
      send('POST', THINGS, { ...thing, metadata: { name: 'b', finalizers: ['own.io/x'] } }),
      ...end,
      send('PATCH', `${THINGS}/b`, { metadata: { finalizers: null } }, MERGE),
      wait(16),
    ],
  },
  {
    name: 'namespace-of-owners',
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a', 'foregroundDeletion')),
      {
        name: 'b of a',
        async run({ side, namespace }) {
          const maps = `/api/v1/namespaces/${namespace}-ns1/configmaps`;
          const { uid } = (await side.must('GET', `${maps}/a`)).metadata;
          const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid, blockOwnerDeletion: true };
          await side.must('POST', maps, {
            metadata: { name: 'b', ownerReferences: [owner], finalizers: ['own.io/x'] },
          });
        },
      },
      ...end,
      wait(2),
      free(`${NS}/configmaps/b`),
      wait(16),
    ],
  },
  {
    name: 'namespace-with-silent-api',
    // Other scenarios' namespaces wait for it, too.
    alone: true,
    steps: [
      begin(),
      send('POST', `${NS}/configmaps`, held('a')),
      send('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
        metadata: { name: 'v1.silent.example.com' },
        spec: {
          group: 'silent.example.com',
          version: 'v1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace: 'NAMESPACE', name: 'silent' },
        },
      }),
      wait(5),
      ...end,
      wait(8),
      send('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1.silent.example.com'),
      wait(20),
    ],
  },
];
