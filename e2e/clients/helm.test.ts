/** Helm with the chart that `helm create` makes, from install to uninstall. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppsV1Api, AuthorizationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** The RBAC objects of a chart for its operator: rights of its service account in its namespace, and over nodes. */
const RBAC = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: {{ .Release.Name }} }
rules: [{ apiGroups: [""], resources: [configmaps], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: {{ .Release.Name }} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }} }
subjects: [{ kind: ServiceAccount, name: {{ include "demo.serviceAccountName" . }}, namespace: {{ .Release.Namespace }} }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: {{ .Release.Name }}-nodes }
rules: [{ apiGroups: [""], resources: [nodes], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: {{ .Release.Name }}-nodes }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Release.Name }}-nodes }
subjects: [{ kind: ServiceAccount, name: {{ include "demo.serviceAccountName" . }}, namespace: {{ .Release.Namespace }} }]
`;

const run = promisify(execFile);
const present = spawnSync('helm', ['version', '--short']).status === 0;
if (!present) console.log('skipped: no helm in the PATH');

describe.skipIf(!present)('a release', () => {
  let cluster: TestCluster;
  let folder: string;
  const config = new KubeConfig();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-helm-'));
    cluster = await startCluster();
    config.loadFromString(cluster.kubeconfig);
    await writeFile(join(folder, 'config'), cluster.kubeconfig);
    await helm('create demo');
    await writeFile(join(folder, 'demo/templates/rbac.yaml'), RBAC);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function helm(line: string): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, 'config') };
    const { stdout } = await run('helm', line.split(' '), { cwd: folder, env, timeout: 40_000 });
    return stdout;
  }

  async function replicas(): Promise<number | undefined> {
    const apps = config.makeApiClient(AppsV1Api);
    const { spec } = await apps.readNamespacedDeployment({ name: 'demo', namespace: 'default' });
    return spec?.replicas;
  }

  test('is installed, upgraded, rolled back and listed', async () => {
    expect(await helm('install demo ./demo --wait --timeout 30s')).toContain('STATUS: deployed');
    await helm('upgrade demo ./demo --set replicaCount=3 --wait --timeout 30s');
    expect(await replicas()).toBe(3);
    await helm('rollback demo 1 --wait --timeout 30s');
    expect(await replicas()).toBe(1);
    expect(JSON.parse(await helm('list -o json'))).toMatchObject([{ name: 'demo', revision: '3', status: 'deployed' }]);
    const history = JSON.parse(await helm('history demo -o json')) as { status: string }[];
    expect(history.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'deployed']);
    expect(await helm('status demo')).toContain('REVISION: 3');
  });

  test('brings its own roles, which decide for its service account', async () => {
    const api = config.makeApiClient(AuthorizationV1Api);
    const may = async (verb: string, resource: string, namespace?: string) => {
      const spec = { user: 'system:serviceaccount:default:demo', resourceAttributes: { verb, resource, namespace } };
      const { status } = await api.createSubjectAccessReview({ body: { spec } });
      return status?.allowed;
    };
    expect(await may('list', 'configmaps', 'default')).toBe(true);
    expect(await may('list', 'nodes')).toBe(true);
    expect([await may('list', 'configmaps', 'kube-system'), await may('delete', 'nodes')]).toEqual([false, false]);
  });

  test('is checked by the server before it is installed', async () => {
    expect(await helm('upgrade demo ./demo --dry-run=server --set replicaCount=2')).toContain('replicas: 2');
    expect(await replicas()).toBe(1);
  });

  test('leaves nothing when it is uninstalled', async () => {
    await helm('uninstall demo --wait --timeout 30s');
    const core = config.makeApiClient(CoreV1Api);
    await vi.waitFor(async () => {
      const lists = await Promise.all([
        core.listNamespacedPod({ namespace: 'default' }),
        core.listNamespacedSecret({ namespace: 'default' }),
        core.listNamespacedService({ namespace: 'default' }),
      ]);
      expect(lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name))).toEqual(['kubernetes']);
    }, 15_000);
  });
});
