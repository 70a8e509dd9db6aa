/**
 * The peer: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok from the folder that PEERS names,
 * with client limits raised out of the way, on loopback.
 */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { call, must } from '../lib/http.ts';
import type { Target } from '../lib/target.ts';

const TOKEN = 'bench-token';
const NODES = 20;
const KWOK = 'v0.8.0';

export interface PeerOptions {
  /** Fields of a KubeSchedulerConfiguration. */
  schedulerConfiguration?: object;
  /** Of `all`: how many nodes it begins with. */
  nodes?: number;
}

/**
 * `controllers`: all but nodes, and what runs their pods. `scheduler`: kube-scheduler and what it needs, without the
 * controllers. `api`: etcd and the API.
 */
export async function startPeer(
  folder: string,
  parts: 'all' | 'controllers' | 'scheduler' | 'api' = 'all',
  { schedulerConfiguration = {}, nodes = NODES }: PeerOptions = {},
): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), 'islet-peer-'));
  const children: ChildProcess[] = [];
  const start = (binary: string, args: string[]): ChildProcess => {
    const log = openSync(join(dir, `${binary}.log`), 'w');
    const child = spawnTied(join(folder, binary), args, { stdio: ['ignore', log, log] });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(killed));
    rmSync(dir, { recursive: true, force: true });
  };
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  writeSecrets(dir, secure, schedulerConfiguration);
  start('etcd-server', [
    `--data-dir=${dir}/etcd`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    '--log-level=error',
  ]);
  start('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--secure-port=${secure}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${dir}/certs`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${dir}/sa.key`,
    `--service-account-signing-key-file=${dir}/sa.key`,
    `--token-auth-file=${dir}/tokens.csv`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
  ]);
  const target: Target = { name: 'peer', url: `https://127.0.0.1:${secure}`, token: TOKEN, pids: [], stop };
  try {
    await ready(target);
    if (parts === 'api') return { ...target, pids: children.map(({ pid }) => pid ?? 0) };
    // Their own ports may be another peer's.
    const unserved = ['--secure-port=0'];
    start('kube-scheduler', [`--config=${dir}/scheduler.yaml`, ...unserved]);
    if (parts === 'scheduler') return { ...target, pids: children.map(({ pid }) => pid ?? 0) };
    const limits = ['--kube-api-qps=5000', '--kube-api-burst=10000'];
    start('kube-controller-manager', [
      `--kubeconfig=${dir}/kubeconfig`,
      `--service-account-private-key-file=${dir}/sa.key`,
      '--use-service-account-credentials=false',
      `--root-ca-file=${dir}/certs/apiserver.crt`,
      `--cluster-signing-cert-file=${dir}/ca.crt`,
      `--cluster-signing-key-file=${dir}/ca.key`,
      '--leader-elect=false',
      ...limits,
      ...unserved,
    ]);
    if (parts === 'controllers') return { ...target, pids: children.map(({ pid }) => pid ?? 0) };
    start('kwok', [`--kubeconfig=${dir}/kubeconfig`, `--config=${writeStages(dir)}`, '--manage-all-nodes=true']);
    for (let i = 0; i < nodes; i++) await must(target, 'POST', '/api/v1/nodes', kwokNode(`kwok-${i}`));
    await serviceAccount(target);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...target, pids: children.map(({ pid }) => pid ?? 0) };
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** kwok's own stages of the fast kind, from its published module. */
function writeStages(dir: string): string {
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', `sigs.k8s.io/kwok@${KWOK}`], { encoding: 'utf8' }),
  ) as { Dir: string };
  const names = ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-delete'];
  const stages = names.map((name) => readFileSync(join(Dir, 'kustomize/stage', `${name}.yaml`), 'utf8'));
  const file = join(dir, 'stages.yaml');
  writeFileSync(file, stages.join('\n---\n'));
  return file;
}

function writeSecrets(dir: string, port: number, schedulerConfiguration: object): void {
  mkdirSync(join(dir, 'certs'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const authority = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=kubernetes', '-days', '30'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...authority], {
    cwd: dir,
    stdio: 'ignore',
  });
  writeFileSync(join(dir, 'tokens.csv'), `${TOKEN},admin,admin,"system:masters"\n`);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'peer',
    clusters: [{ name: 'peer', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'peer', user: { token: TOKEN } }],
    contexts: [{ name: 'peer', context: { cluster: 'peer', user: 'peer' } }],
  };
  writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(kubeconfig));
  const scheduler = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: join(dir, 'kubeconfig'), qps: 5000, burst: 10000 },
    leaderElection: { leaderElect: false },
    ...schedulerConfiguration,
  };
  writeFileSync(join(dir, 'scheduler.yaml'), JSON.stringify(scheduler));
}

/** A node that kwok makes ready, and whose pods it runs. */
export function kwokNode(name: string): unknown {
  const resources = { cpu: '32', memory: '256Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { 'kubernetes.io/hostname': name } },
    status: { capacity: resources, allocatable: resources },
  };
}

async function ready(target: Target): Promise<void> {
  await poll(`${target.name} did not become ready`, async () => (await call(target, 'GET', '/readyz')).status === 200);
}

/** Pods are refused until the namespace's default ServiceAccount is there. */
async function serviceAccount(target: Target): Promise<void> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await poll('no default ServiceAccount', async () => (await call(target, 'GET', path)).status === 200);
}

async function poll(failure: string, done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await done().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(failure);
}

/** A port of the loopback that no program listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
