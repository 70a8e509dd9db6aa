/**
 * What a new cluster starts with: the four system namespaces and the `kubernetes` Service
 * (upstream `pkg/controlplane/controller/{systemnamespaces,kubernetesservice}`). Idempotent.
 */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { ApiServer } from './pipeline.ts';
import type { ApiRequest, UserInfo } from './request.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

const USER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

const KUBERNETES_SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.1',
    sessionAffinity: 'None',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
  },
};

/** `now` in milliseconds. Throws when the cluster could not be set up. */
export async function bootstrap(api: ApiServer, now: number): Promise<void> {
  const cause: Cause = { kind: 'system', at: now, why: 'bootstrap' };
  await Promise.all(
    SYSTEM_NAMESPACES.map((name) =>
      create(api, cause, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    ),
  );
  await create(api, cause, '/api/v1/namespaces/default/services', KUBERNETES_SERVICE);
}

async function create(api: ApiServer, cause: Cause, path: string, object: unknown): Promise<void> {
  const request: ApiRequest = {
    method: 'POST',
    path,
    query: 'fieldManager=kube-apiserver',
    header: () => undefined,
    body: JSON.stringify(object),
    user: USER,
    cause,
  };
  const answer = await api.handle(request);
  // 409: it is there already.
  if (answer.type === 'response' && (answer.status === 201 || answer.status === 409)) return;
  throw new Error(`bootstrap: ${path} answered ${answer.type === 'response' ? String(answer.body) : answer.type}`);
}
