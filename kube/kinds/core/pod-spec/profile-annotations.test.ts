import { expect, test } from 'vitest';
import { pod as aPod, deployment } from '../../../testing/objects.ts';
import { BY, created, createErrors, updateErrors } from '../../../testing/strategy.ts';
import type { Pod } from '../../../types.ts';
import { deployment as deploymentKind } from '../../apps/deployment.ts';
import { pod } from '../pod.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/main';
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/main';

type Profiles = { pod?: object; container?: object };

function withAnnotation(key: string, value: string, profiles: Profiles = {}): Pod {
  const container = { name: 'main', image: 'nginx:1', securityContext: profiles.container };
  const spec = { containers: [container], securityContext: profiles.pod } as Pod['spec'];
  return aPod({ metadata: { annotations: { [key]: value } }, spec });
}

const LOCAL = { type: 'Localhost', localhostProfile: 'p' };
const WARNING = `metadata.annotations[${APP_ARMOR}]: deprecated since v1.30; use the "appArmorProfile" field instead`;

test.each<[string, Profiles, object | undefined, string[]]>([
  ['runtime/default', {}, { type: 'RuntimeDefault' }, [WARNING]],
  ['unconfined', {}, { type: 'Unconfined' }, [WARNING]],
  ['localhost/p', {}, LOCAL, [WARNING]],
  // An annotation that names no profile is refused later, or has no effect.
  ['localhost/ p', {}, undefined, [WARNING]],
  ['localhost/', {}, undefined, [WARNING]],
  ['', {}, undefined, [WARNING]],
  ['runtime/default', { pod: { appArmorProfile: { type: 'RuntimeDefault' } } }, undefined, []],
  ['localhost/p', { pod: { appArmorProfile: LOCAL } }, undefined, []],
  ['localhost/p', { pod: { appArmorProfile: { type: 'RuntimeDefault' } } }, LOCAL, [WARNING]],
  ['runtime/default', { container: { appArmorProfile: LOCAL } }, LOCAL, []],
])('the annotation %j for AppArmor becomes the field of the container: %j', (value, profiles, profile, warnings) => {
  const object = structuredClone(withAnnotation(APP_ARMOR, value, profiles));
  const warned: string[] = [];
  pod.strategy.applyDefaults?.(object);
  pod.strategy.prepareForCreate?.(object, { ...BY, warn: (text) => void warned.push(text) });
  expect(object.spec?.containers[0]?.securityContext?.appArmorProfile).toEqual(profile);
  expect([...warned, ...(pod.strategy.warnings?.(object) ?? [])]).toEqual(warnings);
});

const AT = 'spec.containers[0].securityContext';
const TYPE = (what: string) => `Forbidden: ${what} type in annotation and field must match`;
const RUNTIME = { type: 'RuntimeDefault' };

test.each<[string, string, Profiles, string[]]>([
  [
    APP_ARMOR,
    'bad',
    {},
    [`metadata.annotations[${APP_ARMOR}]: Invalid value: "bad": invalid AppArmor profile name: "bad"`],
  ],
  [
    'container.apparmor.security.beta.kubernetes.io/other',
    'unconfined',
    {},
    [
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found',
    ],
  ],
  [
    APP_ARMOR,
    'unconfined',
    { container: { appArmorProfile: RUNTIME } },
    [`${AT}.appArmorProfile.type: ${TYPE('apparmor')}`],
  ],
  [
    APP_ARMOR,
    'runtime/default',
    { container: { appArmorProfile: LOCAL } },
    [`${AT}.appArmorProfile.type: ${TYPE('apparmor')}`],
  ],
  [
    APP_ARMOR,
    'localhost/q',
    { container: { appArmorProfile: LOCAL } },
    [`${AT}.appArmorProfile.localhostProfile: Forbidden: apparmor profile in annotation and field must match`],
  ],
  [APP_ARMOR, 'unconfined', { pod: { appArmorProfile: RUNTIME } }, []],
  [SECCOMP, 'bad', {}, [`metadata.annotations.${SECCOMP}: Invalid value: "bad": must be a valid seccomp profile`]],
  [
    CONTAINER_SECCOMP,
    'localhost/../x',
    {},
    [`metadata.annotations.${CONTAINER_SECCOMP}: Invalid value: "../x": must not contain '..'`],
  ],
  [
    SECCOMP,
    'runtime/default',
    { pod: { seccompProfile: { type: 'Unconfined' } } },
    [`spec.securityContext.seccompProfile.type: ${TYPE('seccomp')}`],
  ],
  [SECCOMP, 'docker/default', { pod: { seccompProfile: RUNTIME } }, []],
  [
    CONTAINER_SECCOMP,
    'localhost/q',
    { container: { seccompProfile: LOCAL } },
    [`${AT}.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match`],
  ],
  [CONTAINER_SECCOMP, 'localhost/p', { container: { seccompProfile: LOCAL } }, []],
  [
    SECCOMP,
    'runtime/default',
    { pod: { seccompProfile: { type: 'constructor' } } },
    [
      'spec.securityContext.seccompProfile.type: Unsupported value: "constructor": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
    ],
  ],
])('the annotation %s: %j beside %j', (key, value, profiles, errors) => {
  expect(createErrors(pod, withAnnotation(key, value, profiles))).toEqual(errors);
});

test('a pod that was stored otherwise can still be labelled', () => {
  const stored = withAnnotation(APP_ARMOR, 'unconfined', { container: { appArmorProfile: RUNTIME } });
  const label = (next: Pod) => Object.assign(next.metadata, { labels: { a: 'b' } });
  expect(updateErrors(pod, stored, label)).toEqual([]);
});

test('templates are checked alike, and warn unless the annotation says what the pod’s profile says', () => {
  const workload = (value: string, securityContext?: object) => {
    const { template, ...spec } = deployment().spec ?? {};
    const { containers = [], ...rest } = template?.spec ?? {};
    const metadata = { ...template?.metadata, annotations: { [APP_ARMOR]: value } };
    const named = containers.map((container) => ({ ...container, name: 'main' }));
    return deployment({
      spec: { ...spec, template: { metadata, spec: { ...rest, containers: named, securityContext } } } as never,
    });
  };
  const warnings = (object: ReturnType<typeof workload>) =>
    deploymentKind.strategy.warnings?.(created(deploymentKind, object)) ?? [];
  expect(warnings(workload('unconfined'))).toEqual([`spec.template.${WARNING}`]);
  expect(warnings(workload('runtime/default', { appArmorProfile: RUNTIME }))).toEqual([]);
  expect(createErrors(deploymentKind, workload('unconfined', { appArmorProfile: RUNTIME }))).toEqual([
    `spec.template.${AT}.appArmorProfile.type: ${TYPE('apparmor')}`,
  ]);
});
