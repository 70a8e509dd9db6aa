import { expect, test } from 'vitest';
import type { Container, Pod } from '../../../kube/types.ts';
import type { ImageEntry } from '../../runtimes/runtime.ts';
import { linuxResources } from './resources.ts';
import { containerSecurity, sandboxSecurity } from './security.ts';

const IMAGE: ImageEntry = { id: 'i', tags: [], digests: [], size: 0, uid: 0, username: '' };
const podWith = (spec: object, container: object = {}): [Pod, Container] => {
  const made = { name: 'c', ...container } as Container;
  return [{ metadata: {}, spec: { containers: [made], ...spec } } as unknown as Pod, made];
};

test('a container’s settings go before those of its pod', () => {
  const forPod = {
    runAsUser: 1,
    runAsGroup: 2,
    fsGroup: 3,
    supplementalGroups: [4],
    supplementalGroupsPolicy: 'Strict',
    seLinuxOptions: { level: 's0' },
    seccompProfile: { type: 'RuntimeDefault' },
    appArmorProfile: { type: 'Localhost', localhostProfile: 'strict' },
  };
  const own = {
    runAsUser: 7,
    seLinuxOptions: { level: 's1' },
    seccompProfile: { type: 'Localhost', localhostProfile: 'p' },
  };
  const [pod, container] = podWith({ securityContext: forPod, hostPID: true }, { securityContext: own });
  expect(containerSecurity(pod, container, IMAGE, '/seccomp')).toMatchObject({
    runAsUser: 7,
    runAsGroup: 2,
    supplementalGroups: [3, 4],
    groupsPolicy: 'Strict',
    seLinux: { level: 's1' },
    seccomp: { profileType: 'Localhost', localhostRef: '/seccomp/p' },
    appArmor: { profileType: 'Localhost', localhostRef: 'strict' },
    namespaces: { network: 'POD', pid: 'NODE', ipc: 'POD' },
  });
  expect(sandboxSecurity(pod)).toMatchObject({
    runAsUser: 1,
    seLinux: { level: 's0' },
    groupsPolicy: 'Strict',
    seccomp: { profileType: 'RuntimeDefault' },
  });
});

test('a container that must not be root is not run as root', () => {
  const [pod, container] = podWith({ securityContext: { runAsNonRoot: true } });
  expect(() => containerSecurity(pod, container, IMAGE, '/seccomp')).toThrow('image will run as root');
  const named = { ...IMAGE, uid: undefined, username: 'app' };
  expect(() => containerSecurity(pod, container, named, '/seccomp')).toThrow('non-numeric user (app)');
  expect(containerSecurity(...podWith({}), named, '/seccomp')).toMatchObject({
    runAsUser: undefined,
    runAsUsername: 'app',
  });
});

test('limits of the pod hold for a container that has none', () => {
  const [pod, container] = podWith(
    { resources: { limits: { cpu: '2', memory: '64Mi' } } },
    {
      resources: { limits: { cpu: '500m' } },
    },
  );
  expect(linuxResources(pod, container, 1 << 30)).toMatchObject({ cpuQuota: 50_000, memoryLimitInBytes: 64 << 20 });
});

test('a group without a user is the group of root, when the image names no user either', () => {
  const bare = { ...IMAGE, uid: undefined };
  const [pod, container] = podWith({}, { securityContext: { runAsGroup: 3000 } });
  expect(containerSecurity(pod, container, bare, '/seccomp')).toMatchObject({ runAsUser: 0, runAsGroup: 3000 });
});

test('a user of the pod that is root breaks its non-root policy, in the words of a container of its own', () => {
  const [made, container] = podWith({ securityContext: { runAsNonRoot: true, runAsUser: 0 } });
  const pod = { ...made, metadata: { name: 'web', namespace: 'default', uid: 'u' } };
  expect(() => containerSecurity(pod, container, { ...IMAGE, uid: 1000 }, '/seccomp')).toThrow(
    'container\'s runAsUser breaks non-root policy (pod: "web_default(u)", container: c)',
  );
});

test('figures of the machine’s power are hidden, unless the container is unmasked', () => {
  const [pod, container] = podWith({});
  expect(containerSecurity(pod, container, IMAGE, '/seccomp').maskedPaths).toContain('/sys/devices/virtual/powercap');
  const [bare, privileged] = podWith({}, { securityContext: { privileged: true } });
  expect(containerSecurity(bare, privileged, IMAGE, '/seccomp').maskedPaths).toEqual([]);
});
