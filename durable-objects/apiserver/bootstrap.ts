/**
 * The first objects of a new cluster: the four system namespaces, the `kubernetes` Service and its range, the system's
 * priority classes, and the ConfigMap that kube-controller-manager's legacy-service-account-token-cleaner reads
 * (upstream `pkg/controlplane/controller/{systemnamespaces,kubernetesservice,defaultservicecidr,legacytokentracking}`,
 * `pkg/registry/scheduling/rest`). Idempotent.
 */
import type { Cause } from '../../kube/machinery/cause.ts';
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
import type { ApiServer } from './pipeline.ts';
import type { ApiRequest, UserInfo } from './request.ts';

const USER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

export const MANAGER = 'kube-apiserver';
const PRIORITY_CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
const CIDRS = '/apis/networking.k8s.io/v1/servicecidrs';

/** `now` in milliseconds. Throws when the cluster could not be set up. */
export async function bootstrap(api: ApiServer, now: number): Promise<void> {
  const cause: Cause = { kind: 'system', at: now, why: 'bootstrap' };
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
    isNew && send(api, cause, 'PATCH', `${CIDRS}/${name}/status`, { status }),
  ]);
}

/** Whether the object was not there before. */
async function create(api: ApiServer, cause: Cause, path: string, object: unknown): Promise<boolean> {
  return (await send(api, cause, 'POST', path, object)) === 201;
}

/** Sends a request of the API server to itself, and answers its status. What is there already, or gone, is no error. */
export async function send(
  api: Pick<ApiServer, 'handle'>,
  cause: Cause,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown,
): Promise<number> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const request: ApiRequest = {
    method,
    path,
    query: method === 'DELETE' ? '' : `fieldManager=${MANAGER}`,
    header: (name) => (name === 'content-type' ? type : undefined),
    body: JSON.stringify(body),
    user: USER,
    cause,
  };
  const answer = await api.handle(request);
  if (answer.type === 'response' && (answer.status < 300 || answer.status === 409 || answer.status === 404)) {
    return answer.status;
  }
  throw new Error(`bootstrap: ${path} answered ${answer.type === 'response' ? String(answer.body) : answer.type}`);
}
