/**
 * Upstream's own integration tests, unmodified but for what starts their servers (`upstream-integration/`): each server
 * is a new cluster here. Compiling takes long, so they run where CLIENTS=all.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAssets } from '../../cli/local/assets.ts';
import { type LocalServer, startServer } from '../../cli/local/server.ts';

const run = promisify(execFile);
const GO_ENV = { ...process.env, GOFLAGS: '-mod=mod' };
const OWN = join(import.meta.dirname, 'upstream-integration');
const COPY = join(homedir(), '.cache', 'islet-e2e', 'upstream-integration');
/** Downloading and compiling takes minutes where it was never done. */
const BUILD_MS = 1_800_000;

/** Imports of what stands in for upstream's servers, and of the tests' own packages, which are copied. */
const IMPORTS: readonly [string, string][] = [
  ['"k8s.io/kubernetes/test/integration', '"islet.test/integration'],
  ['"k8s.io/kubernetes/cmd/kube-apiserver/app/testing"', '"islet.test/kube-apiserver"'],
  ['"k8s.io/apiextensions-apiserver/test/integration', '"islet.test/extensions'],
  ['"k8s.io/apiextensions-apiserver/pkg/cmd/server/testing"', '"islet.test/extensions-apiserver"'],
];

interface Package {
  folder: string;
  /** Tests, or parts of them (`Test/part`), that cannot pass, by the reason. */
  skip: Readonly<Record<string, readonly string[]>>;
}

const BY_ETCD = 'they look into the etcd of their server, or take the server apart in Go';
const BY_CBOR = 'they switch on CBOR, which 1.36 does not serve by default';
const BY_FLAG = 'they ask for a server with other flags, users, versions or feature gates';
const BY_DECISION = 'docs/decisions or e2e/differential/README.md says why it is otherwise here';

const PACKAGES: readonly Package[] = [
  {
    folder: 'extensions',
    skip: {
      [BY_ETCD]: [
        'TestCustomResourceDefaultingOfMetaFields',
        'TestInvalidObjectMetaInStorage',
        'TestPruningFromStorage',
        'TestEtcdStorage',
        'TestNonStructuralSchemaConditionUpdate',
        'TestNonStructuralSchemaConditionForCRDV1Beta1MigratedData',
      ],
      [BY_CBOR]: ['TestCBORStorageEnablement', 'TestCBORServingEnablement'],
      [BY_FLAG]: ['TestFieldSelectorDropFields', 'TestFieldSelectorDisablement', 'TestRatchetingDropFields'],
      [BY_DECISION]: ['TestPreserveInt', 'TestPatch'],
      'YAML is read up to 512 KB, and a longer one is answered 413 in place of 400': ['TestLimits'],
      'extensions in OpenAPI v2 are JSON, of which YAML is a superset': ['TestFieldSelectorOpenAPI/OpenAPIv2'],
      'it counts on a finalizer that is slower than its next request': ['TestApplyCRDuringCRDFinalization'],
    },
  },
  {
    folder: 'integration/apiserver/apply',
    skip: {
      [BY_ETCD]: ['TestApplyCRDNoSchema', 'TestApplyCRDUnhandledSchema', 'TestUpdateStatusWithOldVersion'],
      [BY_CBOR]: ['TestPatchVeryLargeObjectCBORApply', 'TestApplyStatusWithCBOR'],
      'the usage of a quota is written by the commit, and not by a controller that it leaves out': [
        'TestApplyResetFields',
      ],
    },
  },
  {
    folder: 'integration/apiserver/cel',
    skip: {
      [BY_FLAG]: [
        'TestMutatingAdmissionPolicy/v1beta1',
        'TestMutatingAdmissionPolicy_Slow/v1beta1',
        'Test_MutatingAdmissionPolicy_CustomResources/v1beta1',
        'TestStaticPolicyBlocksAPICreation',
        'Test_ValidatingAdmissionPolicy_MatchExcludedResource',
        'TestAuthorizationDecisionCaching',
        'TestCRDsOnStartup',
        'TestPolicyAdmissionV1beta1',
      ],
      [BY_DECISION]: ['TestMutatingAdmissionPolicy_Slow/v1/mutate_status_subresource'],
      'the documents of OpenAPI have no paths of discovery': ['TestBuiltinResolution/discovery'],
      'it measures the speed of a machine that has nothing else to do': ['TestPolicyAdmission'],
    },
  },
];

const skip = process.env.CLIENTS === 'all' ? await reason() : 'CLIENTS is not all';
if (skip) console.log(`skipped: ${skip}`);

describe.skipIf(skip)('integration tests of upstream', () => {
  let folder: string;
  let server: LocalServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-integration-'));
    await ensureAssets(() => {}, 'api');
    server = await startServer({ state: join(folder, 'state'), port: 0, host: '127.0.0.1', log: () => {} });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(PACKAGES)(
    '$folder',
    async ({ folder: name, skip: skipped }) => {
      // A manager of fields, which tests name, is called as the program.
      const program = join(folder, 'integration.test');
      const cwd = join(COPY, name);
      const options = { cwd, timeout: BUILD_MS, maxBuffer: 1 << 28 };
      await run('go', ['test', '-c', '-o', program, '.'], { ...options, env: GO_ENV });
      const { server: address, ca = '', token } = server.service;
      const env = { ...process.env, ISLET_SERVER: address, ISLET_TOKEN: token, ISLET_CA: ca };
      const args = ['-test.v', `-test.skip=${Object.values(skipped).flat().map(exactly).join('|')}`];
      const { stdout } = await run(program, args, { ...options, env }).catch((error) => error);
      const lines = String(stdout).split('\n');
      expect(lines.filter((line) => /^\s*--- FAIL|^panic:/.test(line))).toEqual([]);
      expect(lines.at(-2)).toBe('PASS');
      expect(lines.filter((line) => line.startsWith('--- PASS')).length).toBeGreaterThan(0);
    },
    BUILD_MS,
  );
});

/** Go matches the parts of a name apart. */
function exactly(name: string): string {
  return name
    .split('/')
    .map((part) => `^${part}$`)
    .join('/');
}

/** The reason why this cannot be run here; else a copy of the tests has been made. */
async function reason(): Promise<string | undefined> {
  try {
    await rm(COPY, { recursive: true, force: true });
    await mkdir(COPY, { recursive: true });
    await cp(OWN, COPY, { recursive: true });
    const options = { cwd: COPY, timeout: BUILD_MS, maxBuffer: 1 << 28, env: GO_ENV };
    await run('go', ['mod', 'download', 'k8s.io/kubernetes', 'k8s.io/apiextensions-apiserver'], options);
    const folderOf = async (module: string): Promise<string> =>
      (await run('go', ['list', '-m', '-f', '{{.Dir}}', module], options)).stdout.trim();
    await copyTests(join(await folderOf('k8s.io/kubernetes'), 'test', 'integration'), join(COPY, 'integration'));
    await copyTests(
      join(await folderOf('k8s.io/apiextensions-apiserver'), 'test', 'integration'),
      join(COPY, 'extensions'),
    );
    for (const file of await readdir(join(COPY, 'framework'))) {
      await cp(join(COPY, 'framework', file), join(COPY, 'integration', 'framework', file));
    }
    return undefined;
  } catch (error) {
    const { code, stderr = '', message } = error as { code?: unknown; stderr?: string; message: string };
    if (code === 'ENOENT') return 'no Go in the PATH';
    return `Go cannot fetch them: ${stderr.trim().split('\n').at(-1) || message}`;
  }
}

/** With the imports that {@link IMPORTS} names; files of the module cache cannot be written to. */
async function copyTests(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const folder = to + entry.parentPath.slice(from.length);
    await mkdir(folder, { recursive: true });
    let content: string | Buffer = await readFile(join(entry.parentPath, entry.name));
    if (entry.name.endsWith('.go')) {
      content = IMPORTS.reduce((text, [before, after]) => text.replaceAll(before, after), content.toString());
    }
    await writeFile(join(folder, entry.name), content);
  }
}
