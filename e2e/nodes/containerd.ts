/** A containerd of our own: root, state, socket, images and CNI configuration in one folder, gone when disposed. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CNI_FILE } from '../../agent/network/cni.ts';
import { CriRuntime } from '../../agent/runtimes/cri/index.ts';
import { makeImages, PAUSE } from './images.ts';

const PACKAGES = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'iptables',
  'busybox-static',
  'gcc',
  'libc6-dev',
];

/** The reason why these tests can't run here; undefined when they can. Installs missing packages, once. */
export function whyNoContainerd(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, to run containerd';
  if (!existsSync('/etc/debian_version')) return 'needs Debian, to install containerd';
  const needed = ['/usr/bin/containerd', '/usr/sbin/runc', '/usr/lib/cni/bridge', '/bin/busybox', '/usr/bin/gcc'];
  if (needed.every((path) => existsSync(path))) return undefined;
  try {
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch {
    return `could not install ${PACKAGES.join(' ')}`;
  }
  return needed.every((path) => existsSync(path)) ? undefined : 'containerd is not complete';
}

export interface Containerd extends AsyncDisposable {
  folder: string;
  endpoint: string;
  /** Stops and starts the daemon; its containers stay. */
  restart(): Promise<void>;
  log(): string;
}

export async function startContainerd(): Promise<Containerd> {
  const folder = mkdtempSync(join(tmpdir(), 'islet-containerd-'));
  const endpoint = join(folder, 'containerd.sock');
  mkdirSync(join(folder, 'net.d'));
  const config = join(folder, 'config.toml');
  writeFileSync(config, toml(folder));
  let daemon = await start();
  const ctr = (...args: string[]) =>
    execFileSync('ctr', ['-a', endpoint, '-n', 'k8s.io', ...args], { encoding: 'utf8' });
  for (const archive of makeImages(imageCache())) ctr('images', 'import', archive);

  async function start() {
    const log = openSync(join(folder, 'log'), 'a');
    const child = spawn('containerd', ['--config', config], { stdio: ['ignore', log, log] });
    closeSync(log);
    for (let tries = 0; tries < 100; tries++) {
      try {
        execFileSync('ctr', ['-a', endpoint, 'version'], { stdio: 'ignore' });
        return child;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    child.kill('SIGKILL');
    throw new Error(`containerd did not start: ${readLog(folder)}`);
  }

  const stop = () =>
    new Promise<void>((resolve) => {
      daemon.once('exit', () => resolve());
      daemon.kill('SIGTERM');
    });

  return {
    folder,
    endpoint,
    log: () => readLog(folder),
    async restart() {
      await stop();
      daemon = await start();
    },
    async [Symbol.asyncDispose]() {
      await removePods(endpoint);
      removeNetwork(join(folder, 'net.d', CNI_FILE));
      await stop();
      unmountUnder(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Made once, and anew when their sources change. */
function imageCache(): string {
  const recipe = createHash('sha256')
    .update(readFileSync(new URL('images.ts', import.meta.url)))
    .digest('hex');
  return join(tmpdir(), `islet-images-${recipe.slice(0, 12)}`);
}

/** The runtime itself removes them, so that it takes addresses, port rules and interfaces back as well. */
async function removePods(endpoint: string): Promise<void> {
  const runtime = new CriRuntime(endpoint);
  try {
    for (const { id } of await runtime.containers()) await runtime.stopContainer(id, 0);
    for (const { id } of await runtime.sandboxes()) {
      await runtime.stopSandbox(id);
      await runtime.removeSandbox(id);
    }
  } finally {
    runtime.close();
  }
}

/** Mounts that the agent leaves for pods that go on without it. */
function removeNetwork(conflist: string): void {
  if (!existsSync(conflist)) return;
  interface Plugin {
    bridge?: string;
    ipam?: { ranges: { subnet: string }[][] };
  }
  const { plugins } = JSON.parse(readFileSync(conflist, 'utf8')) as { plugins: Plugin[] };
  const { bridge = '', ipam } = plugins.find((plugin) => plugin.bridge) ?? {};
  if (existsSync(`/sys/class/net/${bridge}`)) execFileSync('ip', ['link', 'del', bridge], { stdio: 'ignore' });
  const rules = execFileSync('iptables', ['--wait', '-t', 'nat', '-S', 'POSTROUTING'], { encoding: 'utf8' });
  for (const rule of rules.split('\n').filter((line) => line.includes(`-s ${ipam?.ranges[0]?.[0]?.subnet} `))) {
    execFileSync('sh', ['-c', `iptables --wait -t nat ${rule.replace(/^-A/, '-D')}`], { stdio: 'ignore' });
  }
}

function readLog(folder: string): string {
  const path = join(folder, 'log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function unmountUnder(folder: string): void {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();
  for (const point of points) execFileSync('umount', ['-l', point], { stdio: 'ignore' });
}

function toml(folder: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${folder}/containerd.sock"
[ttrpc]
  address = "${folder}/containerd.sock.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
`;
}
