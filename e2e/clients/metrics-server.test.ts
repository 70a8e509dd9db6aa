/**
 * Upstream's metrics-server, unmodified, with a kubeconfig of a service account that has the roles of its manifests: it
 * scrapes an agent that listens, and serves the Metrics API in place of Islet's own. Run where CLIENTS=all.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../bench/targets/peer.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode, type RealNode } from '../nodes/machine.ts';

const run = promisify(execFile);
const MODULE = 'sigs.k8s.io/metrics-server/cmd/metrics-server@v0.8.0';
const PROGRAMS = join(homedir(), '.cache', 'islet-e2e', 'bin');
/** Compiling it takes minutes where that was never done. */
const BUILD_MS = 600_000;
/** metrics-server tells of a container once it has scraped it twice. */
const SCRAPED_MS = 75_000;

const rule = (apiGroups: string[], resources: string[], verbs: string[]): object => ({ apiGroups, resources, verbs });
const RULES = [rule([''], ['nodes/metrics'], ['get']), rule([''], ['pods', 'nodes'], ['get', 'list', 'watch'])];

/** A kubeconfig with a token of a service account of kube-system. */
async function kubeconfigOf(rig: RealNode, account: string): Promise<string> {
  await rig.ok(`create serviceaccount -n kube-system ${account}`);
  const token = (await rig.ok(`create token -n kube-system ${account}`)).trim();
  const config = await rig.json<{ users: object[] }>('config view --raw --minify');
  const users = config.users.map((user) => ({ ...user, user: { token } }));
  const path = join(rig.machine.folder, `${account}.kubeconfig`);
  writeFileSync(path, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return path;
}

/** Its APIService, and a Service that leads to this machine. */
function registration(port: number): object {
  const metadata = { name: 'metrics-server', namespace: 'kube-system' };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  };
  const api = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { ...metadata, port },
    },
  };
  return { apiVersion: 'v1', kind: 'List', items: [service, api] };
}

const kubeletPort = String(await freePort());

function defineSuite(rig: RealNode): void {
  let child: ChildProcess | undefined;
  const log = (): string => join(rig.machine.folder, 'metrics-server.log');

  beforeAll(async () => {
    const { folder } = rig.machine;
    await run('go', ['install', MODULE], { env: { ...process.env, GOBIN: PROGRAMS }, cwd: folder, timeout: BUILD_MS });
    const kubeconfig = await kubeconfigOf(rig, 'metrics-server');
    const account = '--serviceaccount=kube-system:metrics-server';
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', rules: RULES };
    await rig.ok('apply -f -', JSON.stringify({ ...role, metadata: { name: 'system:metrics-server' } }));
    await rig.ok(`create clusterrolebinding ms --clusterrole=system:metrics-server ${account}`);
    await rig.ok(`create clusterrolebinding ms-delegates --clusterrole=system:auth-delegator ${account}`);
    const reader = '--role=extension-apiserver-authentication-reader';
    await rig.ok(`create rolebinding -n kube-system ms-reads ${reader} ${account}`);
    const port = await freePort();
    const output = openSync(log(), 'w');
    const args = [
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        (flag) => `--${flag}=${kubeconfig}`,
      ),
      `--cert-dir=${join(folder, 'certificates')}`,
      `--secure-port=${port}`,
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--kubelet-use-node-status-port',
      '--kubelet-insecure-tls',
      '--metric-resolution=15s',
    ];
    child = spawnTied(join(PROGRAMS, 'metrics-server'), args, { stdio: ['ignore', output, output] });
    await rig.apply('scraped');
    await rig.ready('scraped');
    await rig.ok('apply -f -', JSON.stringify(registration(port)));
  }, BUILD_MS + 120_000);

  afterAll(() => void child?.kill('SIGKILL'));

  test('kubectl top shows what it scraped', async () => {
    const status = await rig.ok('get node real-1 -o jsonpath={.status.daemonEndpoints.kubeletEndpoint.Port}');
    expect(status).toBe(kubeletPort);
    const told = async (): Promise<void> => {
      const reason = '{.spec.service.name} {.status.conditions[?(@.type=="Available")].reason}';
      const api = await rig.kubectl(['get', 'apiservice', 'v1beta1.metrics.k8s.io', '-o', `jsonpath=${reason}`]);
      expect(api.stdout.toString()).toBe('metrics-server Passed');
      expect(await rig.ok('top pods')).toMatch(/^scraped +\d+m +\d+Mi *$/m);
      expect(await rig.ok('top nodes')).toMatch(/^real-1 +\d+m +\d+% +\d+Mi +\d+% *$/m);
    };
    await eventually(told, SCRAPED_MS).catch((error) => {
      throw new Error(`${error.message}\n${readFileSync(log(), 'utf8').slice(-4000)}`);
    });
  }, 120_000);

  test('a token without the right is refused by the agent, as is none', async () => {
    await rig.ok('create serviceaccount stranger');
    const token = (await rig.ok('create token stranger')).trim();
    const url = `https://127.0.0.1:${kubeletPort}/metrics/resource`;
    const curl = async (...more: string[]): Promise<string> => (await run('curl', ['-sk', ...more, url])).stdout;
    expect(await curl()).toBe('Unauthorized');
    expect(await curl('-H', `Authorization: Bearer ${token}`)).toBe(
      'Forbidden (user=system:serviceaccount:default:stranger, verb=get, resource=nodes, subresource(s)=[metrics])\n',
    );
  });
}

if (process.env.CLIENTS === 'all') describeOnNode('metrics-server', defineSuite, () => ['--kubelet-port', kubeletPort]);
else {
  console.log('skipped: CLIENTS is not "all"');
  test.skip('metrics-server', () => {});
}
