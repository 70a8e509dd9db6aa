/** A Secret with a legacy token says on which day it was used last (upstream `pkg/serviceaccount/legacy.go`). */
import type { Secret } from '../../../kube/types.ts';
import type { ApiServer } from '../pipeline.ts';

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const USER = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const DAY = 24 * 3600_000;

/** `now` in milliseconds. A label that cannot be written is left for the next use. */
export function markLegacyUse(handle: ApiServer['handle'], now: () => number): (secret: Secret) => void {
  return ({ metadata: { namespace, name, uid, labels } }) => {
    const at = now();
    const today = dateOf(at);
    // Servers of other time zones are not far ahead.
    if ([today, dateOf(at + DAY)].includes(labels?.[LAST_USED] ?? '')) return;
    void handle({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      query: 'fieldManager=kube-apiserver',
      header: (header) => (header === 'content-type' ? 'application/merge-patch+json' : undefined),
      body: JSON.stringify({ metadata: { uid, labels: { [LAST_USED]: today } } }),
      user: USER,
      cause: { kind: 'system', at, why: 'legacy token used' },
    });
  };
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
