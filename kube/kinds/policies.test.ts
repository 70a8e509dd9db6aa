/** The policies of upstream's strategies and stores for each kind, 1.36.3 (`pkg/registry/<group>/<kind>`). */
import { expect, test } from 'vitest';
import type { KindDescriptor } from './define.ts';
import { kinds } from './index.ts';

const ADMISSION =
  'mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations';

const group = (name: string, plurals: string) => plurals.split(' ').map((plural) => `${plural}.${name}`);
const such = (is: (kind: KindDescriptor) => boolean) => kinds.filter(is).map(({ resource }) => resource);

test.each<[string, (kind: KindDescriptor) => boolean, string[]]>([
  [
    'a PUT creates',
    (kind) => kind.allowCreateOnUpdate,
    [
      ...'endpoints events limitranges services'.split(' '),
      'events.events.k8s.io',
      'leases.coordination.k8s.io',
      'runtimeclasses.node.k8s.io',
      ...group('rbac.authorization.k8s.io', 'clusterroles clusterrolebindings roles rolebindings'),
    ],
  ],
  [
    'a PUT names the resourceVersion',
    (kind) => !kind.allowUnconditionalUpdate,
    [
      ...group('admissionregistration.k8s.io', ADMISSION),
      'leases.coordination.k8s.io',
      'runtimeclasses.node.k8s.io',
      'poddisruptionbudgets.policy',
      ...group('storage.k8s.io', 'csidrivers csinodes csistoragecapacities volumeattachments'),
      'customresourcedefinitions.apiextensions.k8s.io',
      'apiservices.apiregistration.k8s.io',
    ],
  ],
  [
    'a DELETE answers the object',
    (kind) => kind.returnDeletedObject,
    [
      ...'namespaces persistentvolumeclaims persistentvolumes pods podtemplates resourcequotas'.split(' '),
      ...'serviceaccounts services'.split(' '),
      ...group('resource.k8s.io', 'deviceclasses resourceclaims resourceclaimtemplates resourceslices'),
      ...group('storage.k8s.io', 'csidrivers csinodes storageclasses volumeattachments volumeattributesclasses'),
    ],
  ],
  [
    'a DELETE orphans',
    (kind) => kind.defaultGarbageCollectionPolicy === 'OrphanDependents',
    ['jobs.batch', 'replicationcontrollers'],
  ],
  [
    'a new object has a generation',
    (kind) => kind.generation?.initial === 1,
    [
      ...'pods podtemplates replicationcontrollers'.split(' '),
      ...group('apps', 'daemonsets deployments replicasets statefulsets'),
      ...group('batch', 'cronjobs jobs'),
      ...group('networking.k8s.io', 'ingressclasses ingresses networkpolicies'),
      ...group('flowcontrol.apiserver.k8s.io', 'flowschemas prioritylevelconfigurations'),
      ...group('admissionregistration.k8s.io', ADMISSION),
      ...group('resource.k8s.io', 'deviceclasses resourceslices'),
      'poddisruptionbudgets.policy',
      'endpointslices.discovery.k8s.io',
      'priorityclasses.scheduling.k8s.io',
      'customresourcedefinitions.apiextensions.k8s.io',
    ],
  ],
])('%s', (_, is, resources) => {
  expect(such(is).sort()).toEqual(resources.sort());
});
