/**
 * kpt and kustomize, unmodified and built from the Go module registry: what they apply runs, is pruned and deleted. The
 * programs are kept between runs.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from '../kubectl/find-kubectl.ts';

const run = promisify(execFile);
const PROGRAMS = join(homedir(), '.cache', 'islet-e2e', 'bin');
const KPT = join(import.meta.dirname, 'kpt');
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1';
const KUSTOMIZE_ENV = { ...process.env, GOBIN: PROGRAMS };
/** Downloading and compiling takes minutes where it was never done. */
const BUILD_MS = 900_000;

const deployment = (name: string, metadata = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, ${metadata} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
      - { name: web, image: nginx, env: [{ name: HOST, value: "" }], envFrom: [{ configMapRef: { name: settings } }] }
`;

const skip = await reason();
if (skip) console.log(`skipped: ${skip}`);

describe.skipIf(skip)('GitOps programs', () => {
  let cluster: TestCluster;
  let folder: string;
  let kubectl: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-gitops-'));
    const found = await findKubectl();
    kubectl = 'path' in found ? found.path : 'kubectl';
    cluster = await startCluster();
    await writeFile(join(folder, 'config'), cluster.kubeconfig);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Standard output; rejects with what the program said when it fails. */
  async function call(program: string, args: string, cwd = folder): Promise<string> {
    const env = { ...process.env, HOME: folder, KUBECONFIG: join(folder, 'config') };
    const { stdout } = await run(program, args.split(' '), { cwd, env, timeout: 90_000 });
    return stdout;
  }

  async function write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  test(
    'kpt applies in the order of dependencies, waits, prunes what is gone, and destroys',
    async () => {
      const kpt = join(PROGRAMS, 'kpt');
      await run('go', ['build', '-o', kpt, '.'], { cwd: KPT, timeout: BUILD_MS });
      const cwd = join(folder, 'shop');
      const afterSettings = 'config.kubernetes.io/depends-on: /namespaces/default/ConfigMap/settings';
      await write({
        'shop/Kptfile': 'apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: { name: shop }\n',
        'shop/settings.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: default }\ndata: { color: green }\n',
        'shop/web.yaml': deployment('web', `namespace: default, annotations: { ${afterSettings} }`),
      });
      await call(kpt, 'live init --namespace default --name shop', cwd);
      const applied = await call(kpt, 'live apply --reconcile-timeout=1m --output=events', cwd);
      const [first, second] = ['configmap/settings reconcile successful', 'deployment.apps/web apply successful'];
      expect(applied).toContain(first);
      expect(applied.indexOf(second)).toBeGreaterThan(applied.indexOf(first));
      expect(applied).toContain('reconcile result: 2 attempted, 2 successful, 0 skipped, 0 failed, 0 timed out');
      expect(await call(kpt, 'live status', cwd)).toContain('web is Current: Deployment is available. Replicas: 1');

      await rm(join(cwd, 'settings.yaml'));
      await write({ 'shop/web.yaml': deployment('web', 'namespace: default') });
      const pruned = await call(kpt, 'live apply --reconcile-timeout=1m --output=events', cwd);
      expect(pruned).toContain('configmap/settings prune successful');

      const destroyed = await call(kpt, 'live destroy', cwd);
      expect(destroyed).toContain('delete result: 1 attempted, 1 successful, 0 skipped, 0 failed');
      expect(await call(kubectl, 'get deployments,configmaps -o name')).toBe('configmap/kube-root-ca.crt\n');
    },
    BUILD_MS,
  );

  test(
    'kustomize builds components, generators and replacements; kubectl applies the same by itself and finds no difference',
    async () => {
      await write({
        'base/kustomization.yaml':
          'resources: [web.yaml, service.yaml]\nconfigMapGenerator: [{ name: settings, literals: [color=green] }]\n',
        'base/web.yaml': deployment('web'),
        'base/service.yaml':
          'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n',
        'password/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
secretGenerator: [{ name: password, literals: [word=x] }]
patches:
- target: { kind: Deployment, name: web }
  patch: |-
    - { op: add, path: /spec/template/spec/containers/0/envFrom/-, value: { secretRef: { name: password } } }
`,
        'production/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: production }\n',
        'production/kustomization.yaml': `namespace: production
namePrefix: first-
resources: [../base, namespace.yaml]
components: [../password]
labels: [{ pairs: { env: production }, includeSelectors: true, includeTemplates: true }]
images: [{ name: nginx, newTag: "1.29" }]
replicas: [{ name: web, count: 2 }]
replacements:
- source: { kind: Service, name: web, fieldPath: metadata.name }
  targets:
  - select: { kind: Deployment }
    fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=HOST].value"]
`,
      });
      await call(join(PROGRAMS, 'kustomize'), 'build production -o built.yaml');
      expect(await call(kubectl, 'apply -f built.yaml')).toContain('deployment.apps/first-web created');
      const again = await call(kubectl, 'apply -k production');
      expect(again.split('\n').filter((line) => line && !line.endsWith(' unchanged'))).toEqual([]);
      await call(kubectl, 'diff -k production');
      await call(kubectl, '-n production rollout status deployment/first-web --timeout=60s');
      const path = 'jsonpath={.image},{.env[0].value},{.envFrom[*].*.name}'.replaceAll(
        '{.',
        '{.spec.template.spec.containers[0].',
      );
      expect(await call(kubectl, `-n production get deployment first-web -o ${path}`)).toMatch(
        /^nginx:1\.29,first-web,first-settings-\w+ first-password-\w+$/,
      );
      await call(kubectl, 'delete -k production --ignore-not-found --timeout=60s');
      expect(await call(kubectl, 'get namespace production --ignore-not-found')).toBe('');
    },
    BUILD_MS,
  );
});

/** The reason why this cannot be run here. */
async function reason(): Promise<string | undefined> {
  const found = await findKubectl();
  if ('skip' in found) return found.skip;
  try {
    // Both fetch all that the programs are compiled of.
    await run('go', ['list', '-deps', '.'], { cwd: KPT, timeout: BUILD_MS, maxBuffer: 1 << 24 });
    await run('go', ['install', KUSTOMIZE], { cwd: tmpdir(), env: KUSTOMIZE_ENV, timeout: BUILD_MS });
    return undefined;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    return code === 'ENOENT' ? 'no Go in the PATH' : `Go cannot fetch them: ${stderr.trim().split('\n').at(-1)}`;
  }
}
