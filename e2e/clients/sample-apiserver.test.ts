/**
 * Upstream's sample-apiserver, unmodified, as an aggregated API beside a cluster: it trusts the cluster's front proxy,
 * asks the cluster who may do what, and keeps its objects in the etcd of the folder that PEERS names.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/targets/peer.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { eventually } from '../eventually.ts';

const run = promisify(execFile);
const { PEERS } = process.env;
if (!PEERS) console.log('skipped: PEERS does not name the folder of etcd-server and kubectl');
/** Compiling it takes minutes where that was never done. */
const BUILD_MS = 600_000;
const GROUP = 'wardle.example.com';

describe.skipIf(!PEERS)('upstream’s sample-apiserver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-sample-apiserver-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const children: ChildProcess[] = [];
  let cluster: TestCluster;

  const start = (program: string, name: string, args: string[]): void => {
    const log = openSync(join(folder, `${name}.log`), 'w');
    children.push(spawnTied(program, args, { stdio: ['ignore', log, log] }));
  };
  const kubectl = async (line: string, input = ''): Promise<string> => {
    const args = ['--kubeconfig', kubeconfig, ...line.split(' ')];
    const promise = run(join(PEERS ?? '', 'kubectl'), args, { maxBuffer: 16 * 1024 * 1024 });
    promise.child.stdin?.end(input);
    return (await promise).stdout;
  };

  beforeAll(async () => {
    const env = { ...process.env, GOBIN: folder };
    await run('go', ['install', 'k8s.io/sample-apiserver@v0.36.3'], { env, cwd: folder, timeout: BUILD_MS });
    cluster = await startCluster();
    writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    const urls = (at: number): string => `http://127.0.0.1:${at}`;
    start(join(PEERS ?? '', 'etcd-server'), 'etcd', [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${urls(client)}`,
      `--advertise-client-urls=${urls(client)}`,
      `--listen-peer-urls=${urls(peer)}`,
    ]);
    start(join(folder, 'sample-apiserver'), 'sample-apiserver', [
      `--etcd-servers=${urls(client)}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certificates')}`,
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        (flag) => `--${flag}=${kubeconfig}`,
      ),
    ]);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: 'default' },
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    };
    const apis = ['v1alpha1', 'v1beta1'].map((version, at) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${GROUP}` },
      spec: {
        group: GROUP,
        version,
        groupPriorityMinimum: 2000,
        versionPriority: 200 + at,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'api', port },
      },
    }));
    await kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [service, ...apis] }));
    await kubectl(
      `wait --for=condition=Available --timeout=60s apiservice/v1beta1.${GROUP} apiservice/v1alpha1.${GROUP}`,
    );
  }, BUILD_MS + 120_000);

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('its objects are made, changed, watched, explained and deleted', async () => {
    expect(await kubectl(`api-resources --api-group=${GROUP} -o name`)).toBe(`fischers.${GROUP}\nflunders.${GROUP}\n`);
    const flunder = {
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'Flunder',
      metadata: { name: 'one' },
      spec: { reference: 'x' },
    };
    await kubectl('apply -f -', JSON.stringify(flunder));
    await kubectl('label flunder one a=b');
    const patch = { spec: { flunderReference: 'y', referenceType: 'Flunder' } };
    await kubectl(`patch flunder one --type=merge -p ${JSON.stringify(patch)}`);
    const found = JSON.parse(await kubectl(`get flunders.v1beta1.${GROUP} one -o json`));
    expect(found).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: patch.spec });
    await kubectl('wait --for=jsonpath={.spec.flunderReference}=y flunder/one --timeout=10s');
    expect(await kubectl('explain flunder.spec')).toContain('mutually exclusive to the FischerReference');
    const second = await kubectl('explain flunder.spec --output=plaintext-openapiv2');
    expect(second).toMatch(/VERSION: +wardle.example.com\/v1beta1[\s\S]*mutually exclusive to the FischerReference/);
    const swagger = JSON.parse(await kubectl('get --raw /openapi/v2'));
    expect(Object.keys(swagger.paths)).toContain(`/apis/${GROUP}/v1alpha1/namespaces/{namespace}/flunders/{name}`);
    const definitions = Object.keys(swagger.definitions);
    expect(definitions).toContain('io.k8s.sample-apiserver.pkg.apis.wardle.v1alpha1.Flunder');
    // Its definitions of metadata say what the cluster's do.
    expect(definitions.filter((name) => name.endsWith('_v2'))).toEqual([]);
    await kubectl('delete flunder one');
    expect(await kubectl('get flunders -o name')).toBe('');
  });

  test('its objects in a namespace are deleted with the namespace, which waits for their finalizers', async () => {
    const flunder = (name: string, namespace: string, finalizers: string[] = []) => ({
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'Flunder',
      metadata: { name, namespace, finalizers },
      spec: { reference: 'x' },
    });
    const names = async (): Promise<string[]> => {
      const { items } = JSON.parse(await kubectl(`get --raw /apis/${GROUP}/v1alpha1/flunders`));
      return items.map(({ metadata }: { metadata: { namespace: string; name: string } }) =>
        [metadata.namespace, metadata.name].join('/'),
      );
    };
    await kubectl('create namespace shop');
    const items = [flunder('free', 'shop'), flunder('held', 'shop', ['example.com/hold']), flunder('free', 'default')];
    // The sample's own look at namespaces comes a moment after the cluster's.
    await eventually(() => kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items })), 15_000);
    expect(await names()).toEqual(['default/free', 'shop/free', 'shop/held']);
    await kubectl('delete namespace shop --wait=false');
    const condition = '{.status.conditions[?(@.type=="NamespaceFinalizersRemaining")].message}';
    await eventually(
      async () =>
        expect(await kubectl(`get namespace shop -o jsonpath=${condition}`)).toBe(
          'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
        ),
      30_000,
    );
    expect(await names()).toEqual(['default/free', 'shop/held']);
    await kubectl(`patch flunder held -n shop --type=merge -p ${JSON.stringify({ metadata: { finalizers: null } })}`);
    await kubectl('wait --for=delete namespace/shop --timeout=60s');
    expect(await names()).toEqual(['default/free']);
    await kubectl('delete flunder free');
  }, 120_000);

  test('the cluster’s roles decide, here and there', async () => {
    await expect(kubectl('get flunders --as bob')).rejects.toThrow(
      `flunders.${GROUP} is forbidden: User "bob" cannot list resource "flunders" in API group "${GROUP}"`,
    );
    await kubectl(`create clusterrole flunders --verb=list --resource=flunders.${GROUP}`);
    await kubectl('create clusterrolebinding flunders --clusterrole=flunders --user=bob');
    await eventually(async () => expect(await kubectl('get flunders --as bob -o name')).toBe(''), 15_000);
  });
});
