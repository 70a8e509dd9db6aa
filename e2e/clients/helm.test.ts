/**
 * Helm 3 and 4, unmodified, with the chart that `helm create` makes, from install to uninstall. They are built from the Go
 * module registry where CLIENTS=all, and kept between runs; elsewhere those kept are run, or the one in the PATH.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AppsV1Api, AuthorizationV1Api, CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
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

/** A custom resource and its definition, hooks, and a test of the release. Each pod ends after a moment. */
const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gadgets.demo.example.com }
spec:
  group: demo.example.com
  scope: Namespaced
  names: { plural: gadgets, singular: gadget, kind: Gadget }
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: { spec: { type: object, properties: { size: { type: integer, minimum: 1 } } } }
`;
const GADGET = `apiVersion: demo.example.com/v1
kind: Gadget
metadata: { name: {{ .Release.Name }}, labels: { cluster: {{ (lookup "v1" "Namespace" "" "kube-system").metadata.uid | quote }} } }
spec: { size: {{ .Values.replicaCount }} }
`;
const pod = (hook: string, exitCode = '0') => `apiVersion: v1
kind: Pod
metadata:
  name: demo-${hook}
  annotations:
    helm.sh/hook: ${hook}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
    islet.dev/simulated-exit-after: "0.1"
    islet.dev/simulated-exit-code: "${exitCode}"
spec: { restartPolicy: Never, containers: [{ name: hook, image: busybox }] }
`;
const CHART: Readonly<Record<string, string>> = {
  'crds/gadgets.yaml': DEFINITION,
  'templates/rbac.yaml': RBAC,
  'templates/gadget.yaml': GADGET,
  'templates/before.yaml': pod('pre-install'),
  'templates/upgrade.yaml': pod('pre-upgrade', '{{ .Values.hookExitCode | default 0 }}'),
  'templates/tests/test-connection.yaml': pod('test'),
};

const run = promisify(execFile);
const PROGRAMS = join(homedir(), '.cache', 'islet-e2e', 'bin');
/** Downloading and compiling takes minutes where it was never done. */
const BUILD_MS = 900_000;
const found = new Map<string, string>();
for (const [name, module] of [
  ['helm-3', 'helm.sh/helm/v3/cmd/helm@v3.22.0'],
  ['helm-4', 'helm.sh/helm/v4/cmd/helm@v4.3.1'],
] as const) {
  const program = await programOf(name, module);
  if (program) found.set(name, program);
}
if (found.size === 0 && spawnSync('helm', ['version', '--short']).status === 0) found.set('helm', 'helm');
if (found.size === 0) console.log('skipped: no helm in the PATH, and none is built without CLIENTS=all');

// Tests that are skipped have to be there: a file without any fails.
const programs = found.size > 0 ? [...found] : [['Helm', '']];

describe.skipIf(found.size === 0).each(programs)('a release by %s', (_, program) => {
  let cluster: TestCluster;
  let folder: string;
  const config = new KubeConfig();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-helm-'));
    cluster = await startCluster();
    config.loadFromString(cluster.kubeconfig);
    await writeFile(join(folder, 'config'), cluster.kubeconfig);
    await helm('create demo');
    for (const [name, text] of Object.entries(CHART)) {
      const path = join(folder, 'demo', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function helm(line: string): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, 'config') };
    const { stdout } = await run(program, line.split(' '), { cwd: folder, env, timeout: 40_000 });
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

  test('has resources of its own definition, hooks and tests', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const { metadata } = await core.readNamespace({ name: 'kube-system' });
    const gadget = { group: 'demo.example.com', version: 'v1', namespace: 'default', plural: 'gadgets', name: 'demo' };
    expect(await config.makeApiClient(CustomObjectsApi).getNamespacedCustomObject(gadget)).toMatchObject({
      metadata: { labels: { cluster: metadata?.uid, 'app.kubernetes.io/managed-by': 'Helm' } },
      spec: { size: 1 },
    });
    expect(await helm('test demo --timeout 30s')).toMatch(/Phase: +Succeeded/);
  });

  test.each([
    ['hookExitCode=1', 'pod demo-pre-upgrade failed'],
    ['replicaCount=0', 'spec.size in body should be greater than or equal to 1'],
  ])('is rolled back when an upgrade with %s fails', async (value, reason) => {
    const upgrade = helm(`upgrade demo ./demo --atomic --timeout 30s --set ${value}`);
    const error = await upgrade.catch(({ stderr }) => String(stderr));
    expect(error).toContain('has been rolled back');
    expect(error).toContain(reason);
    expect(await replicas()).toBe(1);
    expect(await helm('status demo')).toContain('STATUS: deployed');
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

/** The program of the module, built under that name; undefined where there is none. */
async function programOf(name: string, module: string): Promise<string | undefined> {
  const program = join(PROGRAMS, name, 'helm');
  if (existsSync(program)) return program;
  if (process.env.CLIENTS !== 'all') return undefined;
  const env = { ...process.env, GOBIN: dirname(program) };
  try {
    await run('go', ['install', '-ldflags=-s -w', module], { env, cwd: tmpdir(), timeout: BUILD_MS });
    return program;
  } catch (error) {
    console.log(
      `${module} is skipped: ${String((error as { stderr?: string }).stderr)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
    return undefined;
  }
}
