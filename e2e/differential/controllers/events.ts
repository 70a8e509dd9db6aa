/** Events as they are compared: how often each was told, as far as that does not depend on time. */
import type { Json } from '../mutations.ts';

/** Events of the scheduler are not compared here. */
const OF_OTHERS: ReadonlySet<string> = new Set(['FailedScheduling', 'Scheduled', 'BindingConditionsPending']);
/** Upstream looks at nodes each five seconds. */
const OF_NODES: ReadonlySet<string> = new Set(['RegisteredNode', 'RemovingNode']);
/** Told anew whenever upstream looks; its binder does every fifteen seconds. */
const REPEATED: ReadonlySet<string> = new Set([
  'SuccessfulDelete',
  'NoPods',
  'JobAlreadyActive',
  'FailedBinding',
  'WaitForFirstConsumer',
  'ExternalProvisioning',
]);

const SCHEDULER = 'default-scheduler';

/** The end of the key of such an event. */
export const COMBINED = ' (combined)';

/**
 * How often a refusal or a deletion is repeated depends on time, and so does the number of steps in which a Deployment
 * is scaled: of those the sums are compared, unless {@link COMBINED} says that one event tells of several.
 */
export function countEvents(events: readonly Json[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    const { type, reason, message, count = 1 } = event;
    // Upstream's controllers act on caches that may be old.
    // Its repair may see a Service before the address.
    if (message.includes('is not allocated; repairing')) continue;
    if (OF_OTHERS.has(reason) || OF_NODES.has(reason) || message.includes('Operation cannot be fulfilled')) continue;
    const about = aboutOf(event);
    if (message.startsWith('(combined')) {
      // Upstream names who reports only when there is a second one.
      counts.set(aboutOf({ ...event, reportingComponent: event.source.component }) + COMBINED, 1);
      continue;
    }
    const [, what, from, to] = /^(Scaled .*) from (\d+) to (\d+)$/.exec(message) ?? [];
    const key = `${about}: ${what ?? message}`;
    const before = counts.get(key) ?? 0;
    if (type === 'Warning' || REPEATED.has(reason)) counts.set(key, 1);
    else if (!what) counts.set(key, before + count);
    else counts.set(key, before + (Number(to) - Number(from)) * count);
  }
  return counts;
}

function aboutOf({
  type,
  reason,
  involvedObject,
  source,
  reportingComponent,
  reportingInstance,
  eventTime,
  related,
}: Json) {
  const { kind, name, apiVersion, fieldPath = '', resourceVersion, namespace, uid } = involvedObject;
  const object = `${apiVersion} ${kind}/${name}${fieldPath} in ${namespace}${uid ? ' with a uid' : ''}${resourceVersion ? ' and revision' : ''}`;
  // Upstream's scheduler has the name of its machine behind its own.
  const instance = reportingInstance?.startsWith(SCHEDULER) ? SCHEDULER : reportingInstance;
  const by = JSON.stringify([source, reportingComponent, instance, eventTime, related]);
  return `event of ${object} by ${by} ${type} ${reason}`;
}
