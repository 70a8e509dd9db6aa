/**
 * The first objects of a new cluster: the four system namespaces, the `kubernetes` Service and its range, the system's
 * priority classes, and the ConfigMap that kube-controller-manager's legacy-service-account-token-cleaner reads
 * (upstream `pkg/controlplane/controller/{systemnamespaces,kubernetesservice,defaultservicecidr,legacytokentracking}`,
 * `pkg/registry/scheduling/rest`). Idempotent.
 */

import { rfc3339 } from '../../kube/machinery/time.ts';
import {
  KUBERNETES_SERVICE,
  readyRange,
  SERVICE_CIDR,
  SYSTEM_NAMESPACES,
  SYSTEM_PRIORITY_CLASSES,
  systemNamespace,
  tokenTracking,
} from '../../kube/system-objects.ts';
import { STANDARD_CLASS } from '../../kube/volumes/local-path.ts';
import { type SystemCause, send } from './own-request.ts';
import type { RequestHandler } from './request.ts';

const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const CIDRS = '/apis/networking.k8s.io/v1/servicecidrs';

/** `now` in milliseconds. Throws when the cluster could not be set up. */
export async function bootstrap(api: RequestHandler, now: number): Promise<void> {
  const cause: SystemCause = { kind: 'system', at: now, why: 'bootstrap' };
  const [isNew] = await Promise.all([
    create(api, cause, CIDRS, SERVICE_CIDR),
    ...SYSTEM_NAMESPACES.map((name) => create(api, cause, '/api/v1/namespaces', systemNamespace(name))),
    ...SYSTEM_PRIORITY_CLASSES.map((one) => create(api, cause, PRIORITY_CLASSES, one)),
  ]);
  const { name } = SERVICE_CIDR.metadata;
  const status = { conditions: [readyRange(rfc3339(now))] };
  await Promise.all([
    create(api, cause, '/api/v1/namespaces/default/services', KUBERNETES_SERVICE),
    create(api, cause, '/api/v1/namespaces/kube-system/configmaps', tokenTracking(now)),
    isNew && send(api, { cause, method: 'PATCH', path: `${CIDRS}/${name}/status`, body: { status } }),
  ]);
}

/** The class of volumes that a new cluster's provisioner makes (docs/decisions/2026-11-28-a-default-storage-class.md). */
export async function makeStandardClass(api: RequestHandler, now: number): Promise<void> {
  const cause: SystemCause = { kind: 'system', at: now, why: 'bootstrap' };
  await create(api, cause, '/apis/storage.k8s.io/v1/storageclasses', STANDARD_CLASS);
}

/** Whether the object was not there before. */
async function create(api: RequestHandler, cause: SystemCause, path: string, object: unknown): Promise<boolean> {
  return (await send(api, { cause, method: 'POST', path, body: object })) === 201;
}
