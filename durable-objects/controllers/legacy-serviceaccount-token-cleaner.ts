/**
 * legacy-service-account-token-cleaner (upstream `pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go`): a
 * Secret with a token of an account that names it, and that no one has used for a year, is marked invalid, and deleted a
 * year later. Upstream looks each day; here each such Secret has a timer.
 */
import { referencesOf } from '../../kube/kinds/core/pod-references.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import type { ConfigMap, Pod, Secret } from '../../kube/types.ts';
import { ALL, accountOf, secretsByAccount, secretsOf } from './common/token-secrets.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const TRACKING = keyOf('configmaps', 'kube-system', 'kube-apiserver-legacy-service-account-token-tracking');
const DAY = 24 * 3_600_000;
/** upstream's `--legacy-service-account-token-clean-up-period` */
const CLEAN_UP_PERIOD = 365 * DAY;
/** upstream's DefaultCleanerSyncInterval */
const SYNC_INTERVAL = DAY;

export const legacyServiceAccountTokenCleaner = defineController({
  name: 'legacy-service-account-token-cleaner',
  for: 'secrets',
  filter: ({ after }) => accountOf.of(after) !== undefined,
  watches: [
    { resource: 'serviceaccounts', map: secretsOfAccount },
    {
      resource: 'configmaps',
      keysOnly: true,
      concerns: ({ key }) => key === TRACKING,
      map: (_, view) => Array.from(view.index(secretsByAccount, ALL), ({ key }) => key),
    },
  ],
  projections: [accountOf, secretsOf],
  indexes: [secretsByAccount],
  reconcile,
});

/** Secrets of an account that names others than before. */
function secretsOfAccount({ key, before, after }: ObjectChange, view: View): Key[] {
  if (!after || secretsOf.of(after) === secretsOf.of(before)) return [];
  const { namespace, name } = parseKey(key);
  return Array.from(view.index(secretsByAccount, `${namespace}/${name}`), (secret) => secret.key);
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const secret = isGenerated(key, view) ? view.get<Secret>('secrets', namespace, name) : undefined;
  if (!secret || secret.metadata.deletionTimestamp) return { actions: [] };
  const { uid, resourceVersion, creationTimestamp, labels = {} } = secret.metadata;
  const tracked = dayAfter(trackedSince(view));
  const unused = labels[LAST_USED] === undefined ? 0 : dayAfter(labels[LAST_USED]);
  // A date that cannot be read does not show that the token is unused.
  if (tracked === undefined || unused === undefined) return { actions: [] };
  const due = CLEAN_UP_PERIOD + Math.max(tracked, unused, timeOf(creationTimestamp) + 1);
  if (now < due) return { actions: [], requeueAfter: due - now };
  if (isMounted(key, view)) return { actions: [], requeueAfter: SYNC_INTERVAL };
  const target = { resource: 'secrets', namespace, name, uid };
  const invalid = dayAfter(labels[INVALID_SINCE] ?? '');
  if (invalid === undefined) {
    const patch = { metadata: { labels: { [INVALID_SINCE]: new Date(now).toISOString().slice(0, 10) } } };
    return { actions: [{ do: 'patch', target, patch }] };
  }
  const end = invalid + CLEAN_UP_PERIOD;
  if (now < end) return { actions: [], requeueAfter: end - now };
  return { actions: [{ do: 'delete', target: { ...target, resourceVersion } }] };
}

/** The Secret's account names it, as accounts named those that were once generated for them. */
function isGenerated(key: Key, view: View): boolean {
  const secret = view.projection(key);
  const account = accountOf.of(secret);
  if (!secret || !account) return false;
  const holder = view.projection(keyOf('serviceaccounts', secret.namespace, account.name));
  if (!holder || (account.uid !== undefined && account.uid !== holder.uid)) return false;
  return secretsOf.of(holder)?.includes(secret.name) ?? false;
}

function isMounted(key: Key, view: View): boolean {
  const pods = view.list<Pod & { apiVersion: string; kind: string }>('pods', parseKey(key).namespace);
  return pods.some((pod) => referencesOf(pod).includes(key));
}

function trackedSince(view: View): string {
  const { namespace, name } = parseKey(TRACKING);
  return view.get<ConfigMap>('configmaps', namespace, name)?.data?.since ?? '';
}

/** The end of a day, in milliseconds since the epoch; undefined of what is no date. */
function dayAfter(date: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const start = Date.parse(`${date}T00:00:00Z`);
  // A day that its month does not have runs over into the next.
  return new Date(start || 0).toISOString().startsWith(date) ? start + DAY : undefined;
}
