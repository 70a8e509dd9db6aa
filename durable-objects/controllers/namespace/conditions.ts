/** The conditions of a namespace that is being deleted (upstream `namespace/deletion/status_condition_utils.go`). */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Namespace } from '../../../kube/types.ts';
import type { Condition as RuntimeCondition } from '../runtime/conditions.ts';

const DISCOVERY_FAILURE = 'NamespaceDeletionDiscoveryFailure';
const CONTENT_FAILURE = 'NamespaceDeletionContentFailure';

/** Characters of a condition's message, as `metav1.Condition` allows: those of many APIs fit into no object. */
const MAX_MESSAGE = 32_768;

type Conditions = NonNullable<NonNullable<Namespace['status']>['conditions']>;
type Condition = Conditions[number];

interface DesiredCondition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
}

/** Objects of one resource that remain; `held`: the number of those that each finalizer holds. */
export interface Remaining {
  resource: string;
  count: number;
  held: ReadonlyMap<string, number>;
}

/** `terminating`: those of the objects that are being deleted. */
export function remainingOf(
  resource: string,
  count: number,
  terminating: readonly { readonly finalizers: readonly string[] }[],
): Remaining {
  const held = new Map<string, number>();
  for (const { finalizers } of terminating) for (const name of finalizers) held.set(name, (held.get(name) ?? 0) + 1);
  return { resource, count, held };
}

/** The state of a namespace's content, from which its conditions are made. Plain data. */
export interface Findings {
  /** Content that remains, by resource. */
  contents: readonly Remaining[];
  /** The group versions of APIs that cannot be asked for what they keep in the namespace; sorted. */
  unavailable: readonly string[];
  /** Whether pods without finalizers have outlived their grace periods. */
  arePodsLate?: boolean;
  /** Messages of what could not be deleted. */
  failures?: readonly string[];
}

/** The conditions as they should be now; undefined when they are so already. */
export function deletionConditions(
  { metadata, status: { conditions: present = [] } = {} }: Namespace,
  found: Findings,
  now: number,
): Conditions | undefined {
  let changed = false;
  const next = [...present];
  for (const desired of conditionsFor(metadata.name ?? '', found)) {
    const at = next.findIndex(({ type }) => type === desired.type);
    const before = next[at];
    const { status, reason } = desired;
    const message = cut(desired.message);
    if (before?.status === status && before.reason === reason && before.message === message) continue;
    changed = true;
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : rfc3339(now);
    const condition = { ...desired, message, lastTransitionTime } as Condition;
    if (at < 0) next.push(condition);
    else next[at] = condition;
  }
  return changed ? next : undefined;
}

export function saysPodsAreLate({ metadata, status }: Namespace): boolean {
  const message = contentFailureMessage([latePods(metadata.name ?? '')]);
  return status?.conditions?.some((condition) => condition.message === message) ?? false;
}

/** Content that the API refuses to delete; the refusal's message is appended. */
export function contentFailure(now: number): RuntimeCondition {
  const lastTransitionTime = rfc3339(now);
  return { ...isTrue(CONTENT_FAILURE, 'ContentDeletionFailed', contentFailureMessage([''])), lastTransitionTime };
}

function conditionsFor(namespace: string, found: Findings): DesiredCondition[] {
  const { contents, unavailable, arePodsLate, failures = arePodsLate ? [latePods(namespace)] : [] } = found;
  const remaining = contentMessage(contents);
  const finalizers = finalizerMessage(contents);
  return [
    unavailable.length === 0
      ? isFalse(DISCOVERY_FAILURE, 'ResourcesDiscovered', 'All resources successfully discovered')
      : isTrue(DISCOVERY_FAILURE, 'DiscoveryFailed', discoveryMessage(unavailable)),
    isFalse(
      'NamespaceDeletionGroupVersionParsingFailure',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    failures.length === 0
      ? isFalse(CONTENT_FAILURE, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization')
      : isTrue(CONTENT_FAILURE, 'ContentDeletionFailed', contentFailureMessage(failures)),
    remaining === ''
      ? isFalse('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
      : isTrue('NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${remaining}`),
    finalizers === ''
      ? isFalse('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
      : isTrue(
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
        ),
  ];
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}

const isFalse = (type: string, reason: string, message: string): DesiredCondition => ({
  type,
  status: 'False',
  reason,
  message,
});
const isTrue = (type: string, reason: string, message: string): DesiredCondition => ({
  type,
  status: 'True',
  reason,
  message,
});

/** client-go's ErrGroupDiscoveryFailed and StaleGroupVersionError. */
function discoveryMessage(unavailable: readonly string[]): string {
  const stale = unavailable.map((version) => `${version}: stale GroupVersion discovery: ${version}`).join(', ');
  const error = `unable to retrieve the complete list of server APIs: ${stale}`;
  return `Discovery failed for some groups, ${unavailable.length} failing: ${error}`;
}

const contentFailureMessage = (errors: readonly string[]): string =>
  `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`;
const latePods = (namespace: string): string =>
  `unexpected items still remain in namespace: ${namespace} for gvr: /v1, Resource=pods`;

/** `pods. has 2 resource instances`: upstream prints the dot of the empty group, too. */
function contentMessage(contents: readonly Remaining[]): string {
  return contents
    .map(
      ({ resource, count }) => `${resource.includes('.') ? resource : `${resource}.`} has ${count} resource instances`,
    )
    .sort()
    .join(', ');
}

function finalizerMessage(contents: readonly Remaining[]): string {
  const counts = new Map<string, number>();
  for (const { held } of contents) {
    for (const [name, count] of held) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort()
    .join(', ');
}
