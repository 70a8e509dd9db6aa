/** Labels of a namespace that ask for a policy: they are checked, and so are its pods when it becomes stricter. */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import { keyPrefix } from '../../../../kube/machinery/resource.ts';
import { violationsOf } from '../../../../kube/pod-security/evaluate.ts';
import {
  compareLevels,
  isFullyPrivileged,
  LABELS,
  type LevelVersion,
  type Mode,
  type Policy,
  policyOf,
  printLevel,
  sameLevel,
} from '../../../../kube/pod-security/policy.ts';
import type { Namespace, Pod } from '../../../../kube/types.ts';
import { invalid } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';

/** Upstream's `defaultNamespaceMaxPodsToCheck`. */
const MAX_PODS = 3000;

export function checkNamespace(attributes: Attributes): void {
  const { call, operation, object, oldObject } = attributes;
  const { labels, name = '' } = (object as unknown as Namespace).metadata;
  const { policy, errors } = policyOf(labels);
  const before = operation === 'UPDATE' ? policyOf((oldObject as unknown as Namespace).metadata.labels) : undefined;
  // Labels that were wrong before may stay.
  if (errors.length > 0 && !(before && sameJson(errors, before.errors)))
    throw invalid('Namespace', attributes.name, errors);
  const isExempt = call.server.podSecurity.exemptions.namespaces?.includes(name) === true;
  if (before && !isStricter(policy.enforce, before.policy.enforce)) return;
  if (isExempt) warnOfExemption(attributes, name, policy, labels);
  else if (before) call.warnings.push(...warningsAbout(attributes, name, policy.enforce));
}

function isStricter(next: LevelVersion, before: LevelVersion): boolean {
  if (sameLevel(next, before) || next.level === 'privileged') return false;
  return next.version !== before.version || compareLevels(next.level, before.level) > 0;
}

function warnOfExemption(
  { call }: Attributes,
  name: string,
  policy: Policy,
  labels: Namespace['metadata']['labels'],
): void {
  if (isFullyPrivileged(policy)) return;
  const ignored = (['enforce', 'audit', 'warn'] as Mode[]).filter((mode) => {
    const isSet = [mode, `${mode}-version`].some((one) => Object.hasOwn(labels ?? {}, LABELS + one));
    return policy[mode].level !== 'privileged' && isSet;
  });
  const text = ignored.map((mode) => `${mode}=${printLevel(policy[mode])}`).join(', ');
  call.warnings.push(`namespace "${name}" is exempt from Pod Security, and the policy (${text}) will be ignored`);
}

/** The violations of the namespace's pods, of which each sort has a line. */
function warningsAbout({ call, reader }: Attributes, namespace: string, enforce: LevelVersion): string[] {
  const runtimeClasses = call.server.podSecurity.exemptions.runtimeClasses ?? [];
  const prefix = keyPrefix('pods', namespace);
  const total = reader.count(prefix);
  const { items } = reader.list({ prefix, limit: MAX_PODS });
  const found = new Map<string, string[]>();
  for (const { text } of items) {
    const { metadata, spec } = JSON.parse(text) as Pod;
    if (!spec || runtimeClasses.includes(spec.runtimeClassName ?? '')) continue;
    const reasons = violationsOf(enforce, spec, metadata).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const names = found.get(reasons.join(', '));
    if (names) names.push(metadata.name ?? '');
    else found.set(reasons.join(', '), [metadata.name ?? '']);
  }
  const warnings: string[] = [];
  if (items.length < total) {
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${items.length} of ${total} existing pods`,
    );
  }
  if (found.size > 0) {
    const level = printLevel(enforce);
    warnings.push(`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${level}"`);
  }
  return [...warnings, ...[...found].map(([reasons, names]) => `${namesText(names)}: ${reasons}`).sort()];
}

/** The first by name, and how many more. */
function namesText(names: readonly string[]): string {
  const [first = '', ...others] = names.toSorted();
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
