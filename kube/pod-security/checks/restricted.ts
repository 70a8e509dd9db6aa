/** Restricted: what a well-behaved pod sets, or does without. */
import type { Container, PodSpec, Volume } from '../../types.ts';
import { procMountCheck } from './baseline.ts';
import {
  type Check,
  type CheckPod,
  containersOf,
  namesOf,
  plural,
  quoted,
  setters,
  sortedSet,
  theContainers,
  unlessUserNamespace,
  unlessWindows,
} from './check.ts';

const privilegeEscalation: CheckPod = (spec) => {
  const bad = namesOf(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${theContainers(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

const capabilities: CheckPod = (spec) => {
  const keeping = namesOf(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const beyond = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE');
  const adding = namesOf(spec, (container) => beyond(container).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${theContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const added = quoted(sortedSet(containersOf(spec).flatMap(beyond)));
    details.push(`${theContainers(adding)} must not include ${added} in securityContext.capabilities.add`);
  }
  return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
};

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;
/** In the order in which upstream looks for the one that a volume has. */
const RESTRICTED_VOLUMES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

const volumes: CheckPod = (spec) => {
  const bad = (spec.volumes ?? []).filter((volume) => !VOLUMES.some((type) => volume[type]));
  if (bad.length === 0) return undefined;
  const typeOf = (volume: Volume) => RESTRICTED_VOLUMES.find((type) => volume[type]) ?? 'unknown';
  const types = sortedSet(bad.map(typeOf));
  const names = `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))}`;
  const use = bad.length === 1 ? 'uses' : 'use';
  const what = plural('restricted volume type', types.length);
  return { reason: 'restricted volume types', detail: `${names} ${use} ${what} ${quoted(types)}` };
};

const runAsNonRoot: CheckPod = (spec) => {
  const reason = 'runAsNonRoot != true';
  const refuses = ({ securityContext }: Pick<Container, 'securityContext'> | Pick<PodSpec, 'securityContext'>) =>
    securityContext?.runAsNonRoot === false;
  const bad = setters(refuses(spec), namesOf(spec, refuses));
  if (bad !== '') return { reason, detail: `${bad} must not set securityContext.runAsNonRoot=false` };
  if (spec.securityContext?.runAsNonRoot) return undefined;
  const silent = namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${theContainers(silent)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: CheckPod = (spec) => {
  const isRoot = ({ securityContext }: Pick<Container, 'securityContext'> | Pick<PodSpec, 'securityContext'>) =>
    securityContext?.runAsUser === 0;
  const bad = setters(isRoot(spec), namesOf(spec, isRoot));
  return bad === '' ? undefined : { reason: 'runAsUser=0', detail: `${bad} must not set runAsUser=0` };
};

const from = (id: string, versions: Check['versions'], ...overrides: string[]): Check => ({
  id,
  level: 'restricted',
  versions,
  overrides,
});

export const RESTRICTED: readonly Check[] = [
  from('allowPrivilegeEscalation', [
    { since: 8, check: privilegeEscalation },
    { since: 25, check: unlessWindows(privilegeEscalation) },
  ]),
  from(
    'capabilities_restricted',
    [
      { since: 22, check: capabilities },
      { since: 25, check: unlessWindows(capabilities) },
    ],
    'capabilities_baseline',
  ),
  from('procMount_restricted', [{ since: 35, check: procMountCheck }], 'procMount'),
  from('restrictedVolumes', [{ since: 0, check: volumes }], 'hostPathVolumes'),
  from('runAsNonRoot', [
    { since: 0, check: runAsNonRoot },
    { since: 35, check: unlessUserNamespace(runAsNonRoot) },
  ]),
  from('runAsUser', [
    { since: 23, check: runAsUser },
    { since: 35, check: unlessUserNamespace(runAsUser) },
  ]),
];
