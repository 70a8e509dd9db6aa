/** Warnings about valid pods that are likely not meant so (`pkg/api/pod/warnings.go`). */
import { sameJson, semanticEqual } from '../../../machinery/equality.ts';
import { isDNS1123Label } from '../../../machinery/names.ts';
import type { ObjectMeta } from '../../../machinery/object.ts';
import { schemaOf } from '../../../machinery/schema/resolve.ts';
import type { Affinity, PodSpec, PodTemplateSpec } from '../../../types.ts';
import { ipWarnings } from '../../validation/ip.ts';
import { labelWarning, nodeAffinityWarnings } from '../../validation/node-labels.ts';
import { fraction } from '../../validation/quantities.ts';
import { repeated } from '../../validation/repeated.ts';
import { simulatedWarnings } from '../simulated-annotations.ts';
import { type At, portWarnings } from './port-warnings.ts';
import { APP_ARMOR, APP_ARMOR_TEXT, appArmorProfileOf, CONTAINER_SECCOMP, POD_SECCOMP } from './profile-annotations.ts';
import { volumeWarnings } from './volume-warnings.ts';

function allContainers(spec: PodSpec, field: string): At[] {
  return (['initContainers', 'containers'] as const).flatMap((which) =>
    (spec[which] ?? []).map((container, index) => ({ container, field: `${field}.${which}[${index}]` })),
  );
}

/** Most pods give cause for none, so what is not there is not looked through. */
const NONE: readonly string[] = [];

const IN_BYTES = ['memory', 'ephemeral-storage'];

function fractions({ container, field }: At): readonly string[] {
  if (!container.resources) return NONE;
  const { limits, requests } = container.resources;
  return IN_BYTES.flatMap((name) => [
    ...fraction(limits, name, `${field}.resources.limits`),
    ...fraction(requests, name, `${field}.resources.requests`),
  ]);
}

function hiddenVariables({ container, field }: At): readonly string[] {
  const { env = [] } = container;
  if (env.length < 2) return NONE;
  const seen = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    // Building on the value before is fine: `$(PATH):/more`.
    const before = `$(${name})`;
    if (!valueFrom && value !== before && value.includes(before)) return [];
    const hides = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return [`${field}.env[${index}]: ${hides}`];
  });
}

function doubles(values: readonly string[], at: (index: number) => string): readonly string[] {
  if (values.length < 2) return NONE;
  return Array.from(repeated(values), (index) => `${at(index)} ${JSON.stringify(values[index])}`);
}

const ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const SECCOMP_TEXT = 'non-functional in v1.27+; use the "seccompProfile" field instead';

function selectorWarnings(
  { nodeSelector, affinity, topologySpreadConstraints }: PodSpec,
  field: string,
): readonly string[] {
  if (!nodeSelector && !affinity && !topologySpreadConstraints) return NONE;
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) =>
      labelWarning(key, (deprecation) => `${field}.nodeSelector[${key}]: ${deprecation}`),
    ),
    ...nodeAffinityWarnings(affinity?.nodeAffinity, `${field}.affinity.nodeAffinity`),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
      const at = `${field}.topologySpreadConstraints[${index}]`;
      return [
        ...labelWarning(topologyKey, (deprecation) => `${at}.topologyKey: ${topologyKey} is ${deprecation}`),
        ...(labelSelector ? [] : [`${at}.labelSelector: ${NULL_SELECTOR}`]),
      ];
    }),
  ];
}

const NULL_SELECTOR = 'a null labelSelector results in matching no pod';

function podAffinityWarnings(affinity: Affinity['podAffinity'], field: string): readonly string[] {
  if (!affinity) return NONE;
  const required = `${field}.requiredDuringSchedulingIgnoredDuringExecution`;
  const preferred = `${field}.preferredDuringSchedulingIgnoredDuringExecution`;
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ labelSelector }, index) =>
      labelSelector ? [] : [`${required}[${index}].labelSelector: ${NULL_SELECTOR}`],
    ),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, index) =>
      podAffinityTerm?.labelSelector ? [] : [`${preferred}[${index}].podAffinityTerm.labelSelector: ${NULL_SELECTOR}`],
    ),
  ];
}

function annotationWarnings(annotations: Annotations, field: string): string[] {
  return Object.entries(ANNOTATIONS).flatMap(([key, text]) =>
    annotations[key] === undefined ? [] : [`${field}[${key}]: ${text}`],
  );
}

type Annotations = Readonly<Record<string, string>>;

/** A container's annotation counts where the field that has taken its place is not set. */
function seccompWarnings({ container }: At, annotations: Annotations, field: string): string[] {
  const key = CONTAINER_SECCOMP + container.name;
  const isUsed = annotations[key] !== undefined && !container.securityContext?.seccompProfile;
  return isUsed ? [`${field}[${key}]: ${SECCOMP_TEXT}`] : [];
}

/** About templates alone: an annotation of a pod has become a field, with a warning, when this is asked. */
function appArmorWarnings({ container }: At, { securityContext }: PodSpec, annotations: Annotations, field: string) {
  const key = APP_ARMOR + container.name;
  const annotation = annotations[key];
  if (annotation === undefined || container.securityContext?.appArmorProfile) return [];
  const ofPod = securityContext?.appArmorProfile;
  return ofPod && sameJson(ofPod, appArmorProfileOf(annotation)) ? [] : [`${field}[${key}]: ${APP_ARMOR_TEXT}`];
}

/** Warnings about a pod, and about a template, whose fields lie beneath `prefix`: `spec.template.`. */
export function podWarnings({ metadata, spec }: PodTemplateSpec, prefix = ''): string[] {
  if (!spec) return [];
  const [field, at] = [`${prefix}spec`, `${prefix}metadata.annotations`];
  const annotations = metadata?.annotations ?? {};
  const containers = allContainers(spec, field);
  const secrets = (spec.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const hosts = (spec.hostAliases ?? []).map(({ ip }) => ip ?? '');
  const negative = (spec.terminationGracePeriodSeconds ?? 0) < 0;
  return [
    ...selectorWarnings(spec, field),
    ...annotationWarnings(annotations, at),
    ...simulatedWarnings({ metadata, spec }, at),
    ...volumeWarnings(spec.volumes, `${field}.volumes`),
    ...doubles(hosts, (index) => `${field}.hostAliases[${index}].ip: duplicate ip`),
    ...doubles(secrets, (index) => `${field}.imagePullSecrets[${index}].name: duplicate name`),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${field}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
    ...(spec.overhead ? IN_BYTES.flatMap((name) => fraction(spec.overhead, name, `${field}.overhead`)) : NONE),
    ...(annotations[POD_SECCOMP] === undefined || spec.securityContext?.seccompProfile
      ? []
      : [`${at}[${POD_SECCOMP}]: ${SECCOMP_TEXT}`]),
    ...containers.flatMap((each) => [
      ...seccompWarnings(each, annotations, at),
      ...(prefix === '' ? [] : appArmorWarnings(each, spec, annotations, at)),
      ...fractions(each),
      ...hiddenVariables(each),
    ]),
    ...portWarnings(containers),
    ...(negative
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(spec.affinity?.podAffinity, `${field}.affinity.podAffinity`),
    ...podAffinityWarnings(spec.affinity?.podAntiAffinity, `${field}.affinity.podAntiAffinity`),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, index) =>
      ipWarnings(ip, `${field}.dnsConfig.nameservers[${index}]`),
    ),
    ...hosts.flatMap((ip, index) => ipWarnings(ip, `${field}.hostAliases[${index}].ip`)),
  ];
}

interface HasMetadata {
  metadata: ObjectMeta;
}

interface Workload extends HasMetadata {
  spec?: { template?: PodTemplateSpec };
}

/** Warnings about a template that is new or has changed. Its fields lie beneath `prefix`. */
export function templateWarnings(
  template: PodTemplateSpec | undefined,
  old: PodTemplateSpec | undefined,
  prefix = 'spec.template.',
): string[] {
  if (semanticEqual(schemaOf('io.k8s.api.core.v1.PodTemplateSpec'), template, old)) return [];
  return allTemplateWarnings(template, prefix);
}

/** Warnings about a template, whether it has changed or not. */
export const allTemplateWarnings = (template: PodTemplateSpec | undefined, prefix = 'spec.template.'): string[] =>
  template?.spec ? podWarnings(template, prefix) : [];

/** Whether an object is new or of another generation: most kinds warn about their template then, also when it is the same. */
export const isNewGeneration = ({ metadata }: HasMetadata, old: HasMetadata | undefined): boolean =>
  !old || metadata.generation !== old.metadata.generation;

/** Warnings about a workload whose name becomes a part of its pods' host names. */
export function workloadWarnings(next: Workload, old: Workload | undefined): string[] {
  return [
    ...(old ? [] : hostNameWarnings(next.metadata)),
    ...(isNewGeneration(next, old) ? allTemplateWarnings(next.spec?.template) : []),
  ];
}

export function hostNameWarnings({ name = '' }: ObjectMeta): string[] {
  const messages = isDNS1123Label(name);
  if (messages.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
  ];
}
