import { expect, test } from 'vitest';
import type { PodSpec } from '../types.ts';
import { detailsOf, violationsOf } from './evaluate.ts';
import type { Level, LevelVersion } from './policy.ts';

type Given = Record<string, unknown>;
/** A pod that is allowed everywhere, with parts laid over it. */
const podOf = (spec: Given, container: Given = {}, more: Given[] = []) =>
  ({
    containers: [{ name: 'a', securityContext: { ...SAFE, ...container } }, ...more],
    ...spec,
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...(spec.securityContext as Given),
    },
  }) as unknown as PodSpec;
const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const said = (level: Level, version: LevelVersion['version'], spec: PodSpec, annotations?: Record<string, string>) =>
  detailsOf(violationsOf({ level, version }, spec, { annotations }));

test.each<[Level, LevelVersion['version'], PodSpec, string]>([
  ['restricted', 'latest', podOf({}), ''],
  ['privileged', 'latest', podOf({ hostPID: true }), ''],
  [
    'baseline',
    'latest',
    podOf({ hostNetwork: true, hostIPC: true }),
    'host namespaces (hostNetwork=true, hostIPC=true)',
  ],
  [
    'baseline',
    'latest',
    podOf({ initContainers: [{ name: 'i', securityContext: { privileged: true } }] }, { privileged: true }),
    'privileged (containers "i", "a" must not set securityContext.privileged=true)',
  ],
  [
    'baseline',
    'latest',
    podOf({}, { capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_RAW'] } }),
    'non-default capabilities (container "a" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)',
  ],
  [
    'restricted',
    'latest',
    podOf({}, { capabilities: { add: ['CHOWN'] } }),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; container "a" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
  ['restricted', 21, podOf({}, { capabilities: { add: ['CHOWN'] } }), ''],
  ['baseline', 'latest', podOf({ volumes: [{ name: 'v', hostPath: {} }] }), 'hostPath volumes (volume "v")'],
  [
    'restricted',
    'latest',
    podOf({
      volumes: [
        { name: 'v', hostPath: {} },
        { name: 'w', nfs: {} },
        { name: 'x', emptyDir: {} },
      ],
    }),
    'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
  ],
  [
    'baseline',
    'latest',
    podOf({}, {}, [{ name: 'b', ports: [{ hostPort: 80 }, { hostPort: 8080 }, {}] }]),
    'hostPort (container "b" uses hostPorts 80, 8080)',
  ],
  [
    'baseline',
    'latest',
    podOf({}, {}, [
      { name: 'b', livenessProbe: { httpGet: { host: 'h' } }, lifecycle: { preStop: { tcpSocket: { host: 'g' } } } },
    ]),
    'probe or lifecycle host (container "b" uses probe or lifecycle hosts "g", "h")',
  ],
  ['baseline', 33, podOf({}, {}, [{ name: 'b', livenessProbe: { httpGet: { host: 'h' } } }]), ''],
  ['baseline', 'latest', podOf({ hostUsers: false }, { procMount: 'Unmasked' }), ''],
  [
    'restricted',
    'latest',
    podOf({ hostUsers: false }, { procMount: 'Unmasked' }),
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    'baseline',
    31,
    podOf({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem' }, { name: 'kernel.shm_rmid_forced' }] } }),
    'forbidden sysctls (net.ipv4.tcp_rmem)',
  ],
  ['baseline', 32, podOf({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem' }] } }), ''],
  [
    'baseline',
    'latest',
    podOf({ securityContext: { seLinuxOptions: { type: 'x', user: 'u' } } }, { seLinuxOptions: { role: 'r' } }),
    'seLinuxOptions (pod and container "a" set forbidden securityContext.seLinuxOptions: type "x"; user may not be set; role may not be set)',
  ],
  [
    'restricted',
    'latest',
    podOf({ securityContext: { runAsNonRoot: false, runAsUser: 0 } }, { runAsUser: 0 }),
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod and container "a" must not set runAsUser=0)',
  ],
  [
    'restricted',
    'latest',
    podOf({ securityContext: { seccompProfile: undefined } }),
    'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ],
  ['restricted', 'latest', podOf({ os: { name: 'windows' }, containers: [{ name: 'a' }] }), ''],
  [
    'baseline',
    'latest',
    podOf({ securityContext: { windowsOptions: { hostProcess: true } } }),
    'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
  ],
])('%s:%s %j', (level, version, spec, text) => {
  expect(said(level, version, spec)).toBe(text);
});

test('annotations of older Kubernetes count', () => {
  const annotations = {
    'container.apparmor.security.beta.kubernetes.io/a': 'unconfined',
    'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
  };
  expect(said('baseline', 18, podOf({}), annotations)).toBe(
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a="unconfined""), seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
  );
});
