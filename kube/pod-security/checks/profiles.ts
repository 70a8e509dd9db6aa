/** AppArmor, seccomp and SELinux, of the levels baseline and restricted. */
import { APP_ARMOR, CONTAINER_SECCOMP, POD_SECCOMP } from '../../kinds/core/pod-spec/profile-annotations.ts';
import type { Container, PodSpec } from '../../types.ts';
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
  unlessWindows,
} from './check.ts';

const CONFINED: ReadonlySet<string | undefined> = new Set(['RuntimeDefault', 'Localhost']);

interface Secured {
  securityContext?: Container['securityContext'] | PodSpec['securityContext'];
}

const appArmor: CheckPod = (spec, { annotations = {} }) => {
  const badType = ({ securityContext }: Secured): string[] => {
    const type = securityContext?.appArmorProfile?.type;
    return securityContext?.appArmorProfile && !CONFINED.has(type) ? [type ?? ''] : [];
  };
  const values = sortedSet([spec, ...containersOf(spec)].flatMap(badType));
  const forbidden = Object.entries(annotations)
    .filter(([name, value]) => name.startsWith(APP_ARMOR) && !isAllowedAppArmor(value))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .sort();
  const bad = [
    setters(
      badType(spec).length > 0,
      namesOf(spec, (container) => badType(container).length > 0),
    ),
    forbidden.length > 0 ? plural('annotation', forbidden.length) : '',
  ].filter(Boolean);
  if (bad.length === 0) return undefined;
  const all = [...values, ...forbidden];
  return {
    reason: plural('forbidden AppArmor profile', all.length),
    detail: `${bad.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  };
};

function isAllowedAppArmor(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');
}

function isAllowedSeccomp(profile: string): boolean {
  return profile === 'runtime/default' || profile === 'docker/default' || profile.startsWith('localhost/');
}

const seccompAnnotations: CheckPod = (spec, { annotations = {} }) => {
  const names = [POD_SECCOMP, ...containersOf(spec).map(({ name }) => CONTAINER_SECCOMP + name)];
  const bad = names.flatMap((name) => {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    return value === undefined || isAllowedSeccomp(value) ? [] : [`${name}=${JSON.stringify(value)}`];
  });
  if (bad.length === 0) return undefined;
  const all = sortedSet(bad);
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', all.length)} ${all.join(', ')}` };
};

function badSeccomp({ securityContext }: Secured): string[] {
  const profile = securityContext?.seccompProfile;
  return profile && !CONFINED.has(profile.type) ? [profile.type ?? ''] : [];
}

const seccompBaseline: CheckPod = (spec) => {
  const bad = setters(
    badSeccomp(spec).length > 0,
    namesOf(spec, (container) => badSeccomp(container).length > 0),
  );
  if (bad === '') return undefined;
  const values = quoted(sortedSet([spec, ...containersOf(spec)].flatMap(badSeccomp)));
  return { reason: 'seccompProfile', detail: `${bad} must not set securityContext.seccompProfile.type to ${values}` };
};

const seccompRestricted: CheckPod = (spec, metadata) => {
  const violation = seccompBaseline(spec, metadata);
  if (violation || spec.securityContext?.seccompProfile) return violation;
  const bad = namesOf(spec, ({ securityContext }) => !securityContext?.seccompProfile);
  if (bad.length === 0) return undefined;
  const detail = `pod or ${theContainers(bad)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: 'seccompProfile', detail };
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function seLinux(types: readonly string[]): CheckPod {
  return (spec) => {
    const all: Secured[] = [spec, ...containersOf(spec)];
    const isBad = ({ securityContext }: Secured): boolean => {
      const { type = '', user, role } = securityContext?.seLinuxOptions ?? {};
      return !types.includes(type) || Boolean(user) || Boolean(role);
    };
    const bad = setters(isBad(spec), namesOf(spec, isBad));
    if (bad === '') return undefined;
    const options = all.flatMap(({ securityContext }) => securityContext?.seLinuxOptions ?? []);
    const badTypes = sortedSet(options.map(({ type = '' }) => type).filter((type) => !types.includes(type)));
    const data = [
      ...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []),
      ...(options.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(options.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    const detail = `${bad} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}

export const PROFILES: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: [{ since: 0, check: appArmor }] },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      { since: 0, check: seLinux(SELINUX_TYPES) },
      { since: 31, check: seLinux([...SELINUX_TYPES, 'container_engine_t']) },
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      { since: 0, check: seccompAnnotations },
      { since: 19, check: seccompBaseline },
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    versions: [
      { since: 19, check: seccompRestricted },
      { since: 25, check: unlessWindows(seccompRestricted) },
    ],
    overrides: ['seccompProfile_baseline'],
  },
];
