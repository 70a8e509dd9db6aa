/**
 * The Pod Security Standards, as a namespace's labels ask for them (upstream `plugin/pkg/admission/security/podsecurity`,
 * `k8s.io/pod-security-admission/admission`). Pods that break what is enforced are refused; of pods and of the
 * workloads that make them, the client is warned, and what is audited is noted.
 */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { detailsOf, violationsOf } from '../../../../kube/pod-security/evaluate.ts';
import { type LevelVersion, type Policy, printLevel } from '../../../../kube/pod-security/policy.ts';
import type { Container, Pod, PodTemplateSpec } from '../../../../kube/types.ts';
import type { Attributes } from '../attributes.ts';
import { annotate } from '../audit.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { countEvaluation, countExemption } from './metrics.ts';
import { checkNamespace } from './namespaces.ts';

/** Where a workload has its template. */
const TEMPLATES: ReadonlyMap<string, (object: KubeObject) => PodTemplateSpec | undefined> = new Map([
  ['podtemplates', (object) => (object as { template?: PodTemplateSpec }).template],
  ['cronjobs.batch', (object) => (object.spec as CronJobSpec | undefined)?.jobTemplate?.spec?.template],
  ...[
    'replicationcontrollers',
    'replicasets.apps',
    'deployments.apps',
    'statefulsets.apps',
    'daemonsets.apps',
    'jobs.batch',
  ].map((resource): [string, (object: KubeObject) => PodTemplateSpec | undefined] => [
    resource,
    ({ spec }) => (spec as { template?: PodTemplateSpec } | undefined)?.template,
  ]),
]);

interface CronJobSpec {
  jobTemplate?: { spec?: { template?: PodTemplateSpec } };
}

const IGNORED: ReadonlySet<string> = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

export const podSecurity: Plugin = {
  name: 'PodSecurity',
  resources: ['pods', 'namespaces', ...TEMPLATES.keys()],
  validate(attributes) {
    const { call, operation, subresource } = attributes;
    if (operation !== 'CREATE' && operation !== 'UPDATE') return;
    const { resource } = call.kind;
    if (resource === 'pods') {
      if (!IGNORED.has(subresource)) checkPod(attributes);
    } else if (subresource !== '') return;
    else if (resource === 'namespaces') checkNamespace(attributes);
    else {
      const templateOf = TEMPLATES.get(resource);
      if (templateOf) checkTemplate(attributes, templateOf);
    }
  },
};

/** undefined where neither the namespace nor the user is looked at. */
function policyFor(attributes: Attributes): Policy | undefined {
  const { call, namespace } = attributes;
  const { podSecurity: policies } = call.server;
  const { namespaces, usernames } = policies.exemptions;
  if (namespaces?.includes(namespace) || usernames?.includes(call.user.name)) {
    countExemption(attributes);
    return undefined;
  }
  return policies.of(namespace);
}

function isExempt(attributes: Attributes, runtimeClass: string | undefined): boolean {
  const { runtimeClasses } = attributes.call.server.podSecurity.exemptions;
  if (!runtimeClass || runtimeClasses?.includes(runtimeClass) !== true) return false;
  countExemption(attributes);
  return true;
}

function checkPod(attributes: Attributes): void {
  const policy = policyFor(attributes);
  if (!policy) return;
  if (isPrivileged(policy.enforce, policy.warn, policy.audit)) {
    countEvaluation(attributes, 'allow', 'enforce', policy.enforce);
    return;
  }
  const pod = attributes.object as unknown as Pod;
  const old = attributes.oldObject as unknown as Pod | undefined;
  if (!pod.spec || (old && !isSignificant(pod, old)) || isExempt(attributes, pod.spec.runtimeClassName)) return;
  const said = (level: LevelVersion) => detailsOf(violationsOf(level, pod.spec ?? { containers: [] }, pod.metadata));
  const enforced = said(policy.enforce);
  countEvaluation(attributes, enforced === '' ? 'allow' : 'deny', 'enforce', policy.enforce);
  if (enforced !== '') throw refuse(attributes, `violates PodSecurity "${printLevel(policy.enforce)}": ${enforced}`);
  tell(attributes, policy, said);
}

function checkTemplate(attributes: Attributes, templateOf: (object: KubeObject) => PodTemplateSpec | undefined): void {
  const policy = policyFor(attributes);
  if (!policy || isPrivileged(policy.warn, policy.audit) || !attributes.object) return;
  const { spec, metadata = {} } = templateOf(attributes.object) ?? {};
  if (!spec || isExempt(attributes, spec.runtimeClassName)) return;
  tell(attributes, policy, (level) => detailsOf(violationsOf(level, spec, metadata)));
}

function isPrivileged(...levels: readonly LevelVersion[]): boolean {
  return levels.every(({ level }) => level === 'privileged');
}

function tell(attributes: Attributes, { audit, warn }: Policy, said: (level: LevelVersion) => string): void {
  const violation = (level: LevelVersion): string => {
    const details = said(level);
    return details && `would violate PodSecurity "${printLevel(level)}": ${details}`;
  };
  const audited = violation(audit);
  if (audited !== '') {
    annotate(attributes, 'pod-security.kubernetes.io/audit-violations', audited);
    countEvaluation(attributes, 'deny', 'audit', audit);
  }
  const warned = violation(warn);
  if (warned !== '') {
    attributes.call.warnings.push(warned);
    countEvaluation(attributes, 'deny', 'warn', warn);
  }
}

/** Of what a pod's update may change, only images and new containers matter (`isSignificantPodUpdate`). */
function isSignificant({ spec }: Pod, { spec: old }: Pod): boolean {
  const differ = (a: readonly Container[] = [], b: readonly Container[] = []): boolean =>
    a.length !== b.length || a.some(({ image }, i) => image !== b[i]?.image);
  if (differ(spec?.containers, old?.containers) || differ(spec?.initContainers, old?.initContainers)) return true;
  return (spec?.ephemeralContainers ?? []).some(({ name, image }) => {
    const before = old?.ephemeralContainers?.find((one) => one.name === name);
    return !before || before.image !== image;
  });
}
