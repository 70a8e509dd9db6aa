/** A Secret with a legacy token says on which day it was used last (upstream `pkg/serviceaccount/legacy.go`). */

import type { Secret } from '../../../kube/types.ts';
import { send } from '../own-request.ts';
import type { RequestHandler } from '../request.ts';

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const DAY = 24 * 3600_000;

/** `now` in milliseconds. A label that cannot be written is left for the next use. */
export function markLegacyUse(api: RequestHandler, now: () => number): (secret: Secret) => void {
  return ({ metadata: { namespace, name, uid, labels } }) => {
    const at = now();
    const today = dateOf(at);
    // Servers of other time zones are not far ahead.
    if ([today, dateOf(at + DAY)].includes(labels?.[LAST_USED] ?? '')) return;
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    const body = { metadata: { uid, labels: { [LAST_USED]: today } } };
    const cause = { kind: 'system', at, why: 'legacy token used' } as const;
    void send(api, { cause, method: 'PATCH', path, body }).catch(() => undefined);
  };
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
