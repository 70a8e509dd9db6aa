import { expect, test } from 'vitest';
import { pod as aPod, deployment } from '../../../testing/objects.ts';
import { anObject, created } from '../../../testing/strategy.ts';
import type { Pod } from '../../../types.ts';
import { deployment as deploymentKind } from '../../apps/deployment.ts';
import { persistentVolume } from '../persistent-volume.ts';
import { persistentVolumeClaim } from '../persistent-volume-claim.ts';
import { pod } from '../pod.ts';
import { replicationController } from '../replication-controller.ts';

const warnings = (spec: object, annotations: Record<string, string> = {}): string[] =>
  pod.strategy.warnings?.(created(pod, aPod({ metadata: { annotations }, spec: spec as Pod['spec'] }))) ?? [];

const OLD_OS = 'deprecated since v1.14; use "kubernetes.io/os" instead';

test('labels of nodes that have newer names', () => {
  const required = {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'In', values: ['linux'] }] }],
  };
  expect(
    warnings({
      nodeSelector: { 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
    }),
  ).toEqual([
    `spec.nodeSelector[beta.kubernetes.io/os]: ${OLD_OS}`,
    `spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is ${OLD_OS}`,
  ]);
});

test('annotations whose fields have taken their place', () => {
  const annotations = {
    'scheduler.alpha.kubernetes.io/critical-pod': '',
    'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
  };
  expect(warnings({}, annotations)).toEqual([
    'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
    'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
  ]);
});

test('steering of simulated containers that cannot be followed, of an update what it changes', () => {
  const good = {
    'islet.dev/simulated-cpu': '250m',
    'islet.dev/simulated-memory': '64Mi',
    'islet.dev/simulated-exit-after': '0.5',
    'islet.dev/simulated-exit-code': '255',
    'islet.dev/simulated-ready': 'false',
    'islet.dev/simulated-ready-after': '10',
    'islet.dev/simulated-ready-flips': '30,2.5',
    'islet.dev/simulated-start-after': '0',
    'islet.dev/simulated-pull-error': 'manifest unknown',
  };
  expect(warnings({}, good)).toEqual([]);
  const bad = {
    'islet.dev/simulated-cpu': 'lots',
    'islet.dev/simulated-memory': '-1',
    'islet.dev/simulated-exit-after': '5m',
    'islet.dev/simulated-exit-code': '256',
    'islet.dev/simulated-ready': 'no',
    'islet.dev/simulated-ready-after': '1'.repeat(10),
    'islet.dev/simulated-ready-flips': '30,0',
    'islet.dev/simulated-start-after': '-1',
    'islet.dev/simulated-pull-error': ' ',
  };
  expect(warnings({}, { ...bad, 'islet.dev/simulated-cpus': '1' })).toEqual([
    'metadata.annotations[islet.dev/simulated-cpu]: must be a quantity of 0 or more, like "250m", not "lots"',
    'metadata.annotations[islet.dev/simulated-memory]: must be a quantity of 0 or more, like "64Mi", not "-1"',
    'metadata.annotations[islet.dev/simulated-exit-after]: must be a number of seconds, like "5", not "5m"',
    'metadata.annotations[islet.dev/simulated-exit-code]: must be a number from 0 to 255, not "256"',
    'metadata.annotations[islet.dev/simulated-ready]: must be "true" or "false", not "no"',
    'metadata.annotations[islet.dev/simulated-ready-after]: must be a number of seconds, like "5", not "1111111111"',
    'metadata.annotations[islet.dev/simulated-ready-flips]: must be seconds for which it is ready and is not, each 1 or more, like "30,10", not "30,0"',
    'metadata.annotations[islet.dev/simulated-start-after]: must be a number of seconds, like "5", not "-1"',
    'metadata.annotations[islet.dev/simulated-pull-error]: must be the words of the error, like "manifest unknown", not " "',
    expect.stringMatching(
      /^metadata.annotations\[islet.dev\/simulated-cpus\]: unknown annotation; there are islet.dev\/simulated-cpu, /,
    ),
  ]);
  const [old, next] = [good, { ...good, 'islet.dev/simulated-cpu': 'lots' }].map((annotations) =>
    created(pod, aPod({ metadata: { annotations } })),
  ) as [Pod, Pod];
  expect(pod.strategy.warnings?.(next, old)).toHaveLength(1);
  expect(pod.strategy.warnings?.(next, next)).toEqual([]);
});

test('volumes whose drivers are gone, and files that stand in the way of others', () => {
  const items = [
    { key: 'a', path: 'dir' },
    { key: 'b', path: 'dir/file' },
    { key: 'c', path: 'directory' },
  ];
  const volumes = [
    { name: 'g', glusterfs: { endpoints: 'e', path: 'p' } },
    { name: 'r', rbd: { image: 'i', monitors: ['m'] } },
    { name: 'c', configMap: { name: 'm', items } },
  ];
  expect(warnings({ volumes })).toEqual([
    'spec.volumes[0].glusterfs: deprecated in v1.25, non-functional in v1.26+',
    'spec.volumes[1].rbd: deprecated in v1.28, non-functional in v1.31+',
    'volume "c" (ConfigMap "m"): overlapping paths: "dir/file" with "dir"',
  ]);
});

test('a template is warned about with its path, and only with a new generation', () => {
  const template = { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } };
  const object = created(deploymentKind, deployment({ spec: { template } }));
  expect(deploymentKind.strategy.warnings?.(object)).toEqual([
    `spec.template.spec.nodeSelector[beta.kubernetes.io/os]: ${OLD_OS}`,
  ]);
  expect(deploymentKind.strategy.warnings?.(object, object)).toEqual([]);
  const annotated = { ...object, metadata: { ...object.metadata, generation: 2 } };
  expect(deploymentKind.strategy.warnings?.(annotated, object)).toEqual([
    `spec.template.spec.nodeSelector[beta.kubernetes.io/os]: ${OLD_OS}`,
  ]);
});

test('a replication controller is warned about the template that it had', () => {
  const template = { spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } };
  const old = anObject(replicationController, { spec: { template } });
  const next = { ...anObject(replicationController, {}), metadata: { name: 'x', generation: 2 } };
  const warning = `spec.template.spec.nodeSelector[beta.kubernetes.io/os]: ${OLD_OS}`;
  expect(replicationController.strategy.warnings?.(old)).toEqual([warning]);
  expect(replicationController.strategy.warnings?.(next, old)).toEqual([warning]);
  expect(replicationController.strategy.warnings?.(old, next)).toEqual([]);
});

test('persistent volumes and claims', () => {
  const metadata = { name: 'v', annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } };
  const old =
    'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead';
  expect(
    persistentVolume.strategy.warnings?.({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata,
      spec: { persistentVolumeReclaimPolicy: 'Recycle', cephfs: { monitors: [] } },
    }),
  ).toEqual([
    old,
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
  ]);
  const spec = { resources: { requests: { storage: '1500m' } } };
  expect(
    persistentVolumeClaim.strategy.warnings?.({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec }),
  ).toEqual([old, 'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer']);
  spec.resources.requests.storage = '1e30';
  expect(
    persistentVolumeClaim.strategy.warnings?.({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec }),
  ).toEqual([old]);
});
