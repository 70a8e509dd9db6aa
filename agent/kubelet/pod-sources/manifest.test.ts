import { expect, test } from 'vitest';
import { podOfManifest } from './manifest.ts';

const SEEN = '2026-01-01T00:00:00.000Z';
const place = (over: object = {}) => ({ path: '/etc/pods/web.yaml', nodeName: 'node-1', ...over });
const read = (text: string, over?: object) => podOfManifest(text, place(over), SEEN);
const web = (spec: object = {}, metadata: object = {}, top: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    ...top,
  });

const YAML = `
apiVersion: v1
kind: Pod
metadata: # in another order, with comments
  labels: {app: web}
  name: web
spec:
  containers:
  - image: nginx
    name: c
`;

test('A manifest becomes a pod of this node: named after it, with defaults, the hash, and a toleration', () => {
  const pod = read(YAML);
  const { uid } = pod.metadata;
  expect(uid).toMatch(/^[0-9a-f]{32}$/);
  expect(pod.metadata).toEqual({
    name: 'web-node-1',
    namespace: 'default',
    labels: { app: 'web' },
    uid,
    annotations: {
      'kubernetes.io/config.hash': uid,
      'kubernetes.io/config.source': 'file',
      'kubernetes.io/config.seen': SEEN,
    },
  });
  expect(pod.status).toEqual({ phase: 'Pending' });
  expect(pod.spec).toMatchObject({
    nodeName: 'node-1',
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always' }],
  });
});

test('The uid is the same for the same pod however it is written, and another for other content, nodes and files', () => {
  const { uid } = read(YAML).metadata;
  expect(read(web({}, { labels: { app: 'web' } })).metadata.uid).toBe(uid);
  expect(read(web({ restartPolicy: 'Always' }, { labels: { app: 'web' } })).metadata.uid).toBe(uid);
  const others = [read(web()), read(YAML, { nodeName: 'other' }), read(YAML, { path: '/etc/pods/b.yaml' })];
  expect(new Set([uid, ...others.map(({ metadata }) => metadata.uid)]).size).toBe(4);
  const fixed = read(web({}, { uid: 'of-my-own' })).metadata;
  expect([fixed.uid, fixed.annotations?.['kubernetes.io/config.hash']]).toEqual(['of-my-own', 'of-my-own']);
});

test('A toleration of its own that is the same is not there twice, and a claim to be a mirror is dropped', () => {
  const tolerations = [
    { key: 'a', operator: 'Exists' },
    { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
  ];
  const pod = read(web({ tolerations }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }));
  expect(pod.spec?.tolerations).toEqual([
    { key: 'a', operator: 'Exists' },
    { operator: 'Exists', effect: 'NoExecute' },
  ]);
  expect(pod.metadata.annotations).not.toHaveProperty('kubernetes.io/config.mirror');
});

const ERROR = "/etc/pods/web.yaml: couldn't parse as pod(";

test.each([
  ['broken YAML', 'a: [', `${ERROR}error converting YAML to JSON: yaml: `],
  ['nothing', '', `${ERROR}Object 'Kind' is missing in 'null'), please check config file`],
  ['another kind', web({}, {}, { kind: 'Service' }), `${ERROR}Service in version "v1" cannot be handled as a Pod`],
  ['a wrong type', web({ containers: 'x' }), `${ERROR}Pod in version "v1" cannot be handled as a Pod: `],
  ['no name', web({}, { name: '' }), 'invalid pod: name is needed for the pod'],
  ['no container', web({ containers: [] }), 'invalid pod: spec.containers: Required value'],
  [
    'two errors',
    web({ restartPolicy: 'Sometimes', dnsPolicy: 'X' }),
    'invalid pod: [spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never", spec.dnsPolicy: ',
  ],
  ['a bad name', web({}, { name: 'We_b' }), 'invalid pod: metadata.name: Invalid value: "We_b-node-1": '],
  ['an account', web({ serviceAccountName: 'a' }), 'static pods may not reference serviceaccounts'],
  [
    'a ConfigMap',
    web({ volumes: [{ name: 'v', configMap: { name: 'a' } }] }),
    'static pods may not reference configmaps',
  ],
  [
    'a token',
    web({ volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }),
    'static pods may not reference serviceaccounts (via projected volumes)',
  ],
])('A manifest with %s is refused', (_, text, problem) => {
  let message = '';
  try {
    read(text);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.slice(0, problem.length)).toBe(problem);
});
