/**
 * Suites that others wrote for envtest, controller-runtime's own, that of Flux's server-side apply and Kueue's, unmodified,
 * with `USE_EXISTING_CLUSTER`: those of a table in `npm test`, and the longer ones where CLIENTS=all. As in envtest, there
 * are no controllers and no nodes.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAssets } from '../../cli/local/assets.ts';
import { kubeconfigText } from '../../cli/local/kubeconfig.ts';
import { type LocalServer, startServer } from '../../cli/local/server.ts';
import { findKubectl } from '../kubectl/find-kubectl.ts';

const run = promisify(execFile);
/** The version that goes with Kubernetes 1.36. */
const CONTROLLER_RUNTIME = 'sigs.k8s.io/controller-runtime@v0.24.1';
/** The last one that compiles with Go 1.26. */
const FLUX = 'github.com/fluxcd/pkg/ssa@v0.78.0';
const KUEUE = 'sigs.k8s.io/kueue@v0.17.0';
/** Downloading and compiling takes minutes where it was never done. */
const BUILD_MS = 600_000;

interface Suite {
  module: string;
  folder: string;
  /** Tests that ask for an API server with other flags. */
  skip?: string;
  isLong?: true;
  /** The folder that kustomize builds, and the file that the suite reads it from: what `make` does before its tests. */
  kustomize?: readonly [from: string, to: string];
}

type Source = { path: string } | { skip: string };

const ofControllerRuntime: readonly Omit<Suite, 'module'>[] = [
  { folder: 'client' },
  { folder: 'cluster' },
  { folder: 'builder' },
  { folder: 'internal/recorder' },
  { folder: 'source', isLong: true },
  { folder: 'controller', isLong: true },
  { folder: 'webhook', isLong: true },
  { folder: 'webhook/conversion', isLong: true },
  { folder: 'envtest', isLong: true },
  { folder: 'manager', isLong: true },
  {
    folder: 'cache',
    // The test counts the service accounts of a namespace, where a controller makes `default`, too.
    skip: 'Should list serviceaccounts and find exactly one',
    isLong: true,
  },
];
const SUITES: readonly Suite[] = [
  ...ofControllerRuntime.map((suite) => ({ module: CONTROLLER_RUNTIME, ...suite, folder: `pkg/${suite.folder}` })),
  { module: FLUX, folder: '.' },
  ...['webhook/core', 'conversion', 'controller/core'].map(
    (folder): Suite => ({
      module: KUEUE,
      folder: `test/integration/singlecluster/${folder}`,
      isLong: true,
      kustomize: ['config/components/crd', 'config/components/crd/_output/crds-with-webhooks.yaml'],
    }),
  ),
];
const chosen = SUITES.filter(({ isLong }) => !isLong || process.env.CLIENTS === 'all');

const sources = new Map<string, Source>();
for (const module of new Set(chosen.map((suite) => suite.module))) {
  const source = await copied(module);
  if ('skip' in source) console.log(`${module} is skipped: ${source.skip}`);
  sources.set(module, source);
}

describe('suites for envtest', () => {
  let folder: string;
  let server: LocalServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-envtest-'));
    await ensureAssets(() => {}, 'api');
    server = await startServer({ state: join(folder, 'state'), port: 0, host: '127.0.0.1', log: () => {} });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  for (const suite of chosen) {
    const source = sources.get(suite.module) ?? { skip: '' };
    const declare = 'skip' in source ? test.skip : test;
    declare(`${suite.module} ${suite.folder}`, () => passes(suite, 'path' in source ? source.path : ''), BUILD_MS);
  }

  async function passes({ module, folder: name, skip = '', kustomize }: Suite, path: string): Promise<void> {
    const id = `${module}-${name}`
      .replaceAll(/[^a-z]+/g, '-')
      .slice(-40)
      .replace(/^-|-$/g, '');
    await using cluster = await clusterFor(id);
    if (kustomize) await build(join(path, kustomize[0]), join(path, kustomize[1]));
    const program = join(folder, `${id}.test`);
    const cwd = join(path, name);
    await run('go', ['test', '-c', '-o', program, '.'], { cwd, timeout: BUILD_MS });
    const env = { ...process.env, USE_EXISTING_CLUSTER: 'true', KUBECONFIG: cluster.kubeconfig };
    const ginkgo = ['--ginkgo.no-color', '--ginkgo.succinct', ...(skip ? [`--ginkgo.skip=${skip}`] : [])];
    const args = module === FLUX ? [] : ginkgo;
    const { code = 0, stdout } = await run(program, args, { cwd, env, maxBuffer: 64 << 20 }).catch((error) => error);
    expect([code, code === 0 ? '' : String(stdout).slice(-4000)]).toEqual([0, '']);
  }

  /**
   * A new cluster and the path of its kubeconfig. Each namespace gets the account that pods need, which no controller
   * makes here, and which envtest's API server does not ask for.
   */
  async function clusterFor(name: string): Promise<AsyncDisposable & { kubeconfig: string }> {
    const { ca = '', server: address } = server.service;
    const { id, token } = await server.account.create(name, 0, ['controllers', 'scheduler']);
    const text = kubeconfigText({ name, server: `${address}/clusters/${id}`, token, ca });
    const config = new KubeConfig();
    config.loadFromString(text);
    const core = config.makeApiClient(CoreV1Api);
    const given = new Set<string>();
    const giveAccounts = async (): Promise<void> => {
      const { items } = await core.listNamespace();
      for (const { metadata: { name: namespace = '', uid = '' } = {}, status } of items) {
        if (given.has(uid) || status?.phase !== 'Active') continue;
        await core
          .createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'default' } } })
          .catch(() => {});
        given.add(uid);
      }
    };
    await giveAccounts();
    let over = false;
    const giving = (async () => {
      while (!over) {
        await giveAccounts();
        await setTimeout(50);
      }
    })();
    const kubeconfig = join(folder, `${name}.yaml`);
    await writeFile(kubeconfig, text, { mode: 0o600 });
    return {
      kubeconfig,
      async [Symbol.asyncDispose]() {
        over = true;
        await giving;
      },
    };
  }
});

async function build(from: string, to: string): Promise<void> {
  const found = await findKubectl();
  if ('skip' in found) throw new Error(found.skip);
  const { stdout } = await run(found.path, ['kustomize', from], { maxBuffer: 64 << 20 });
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, stdout);
}

/** A copy of the module that can be written to, or the reason why there is none. */
async function copied(module: string): Promise<Source> {
  const path = join(homedir(), '.cache', 'islet-e2e', module.replaceAll('/', '-'));
  try {
    if (!existsSync(join(path, 'go.mod'))) {
      const { stdout } = await run('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), timeout: BUILD_MS });
      const { Dir } = JSON.parse(stdout) as { Dir: string };
      await mkdir(dirname(path), { recursive: true });
      await run('cp', ['-r', Dir, path]);
      await run('chmod', ['-R', 'u+w', path]);
    }
    await run('go', ['mod', 'download'], { cwd: path, timeout: BUILD_MS });
    return { path };
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    return {
      skip: code === 'ENOENT' ? 'no Go in the PATH' : `Go cannot fetch it: ${stderr.trim().split('\n').at(-1)}`,
    };
  }
}
