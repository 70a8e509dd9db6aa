/**
 * k9s, unmodified, in a terminal (tmux): a person reads a simulated cluster with it and changes it. It is built from the Go
 * module registry where CLIENTS=all, which takes minutes, and kept between runs; elsewhere one that is kept is run.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';

const run = promisify(execFile);
const MODULE = 'github.com/derailed/k9s@v0.50.16';
const PROGRAMS = join(homedir(), '.cache', 'islet-e2e', 'bin');
const BUILD_MS = 900_000;
const WITHIN = 30_000;
/** Its check for a newer version is turned off. */
const CONFIG = 'k9s: { skipLatestRevCheck: true, ui: { splashless: true, noIcons: true } }\n';

const skip = await reason();
if (skip) console.log(`skipped: ${skip}`);

describe.skipIf(skip)('k9s', () => {
  const config = new KubeConfig();
  let cluster: TestCluster;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-k9s-'));
    cluster = await startCluster({ simulatedNodes: 2 });
    config.loadFromString(cluster.kubeconfig);
    await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig);
    await writeFile(join(folder, 'config.yaml'), CONFIG);
    const labels = { app: 'web' };
    const annotations = { 'islet.dev/simulated-logs': 'hello from islet' };
    const spec = { containers: [{ name: 'nginx', image: 'nginx' }] };
    await config.makeApiClient(AppsV1Api).createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'web' },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec } },
      },
    });
    const env = { PATH: process.env.PATH, HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
    const own = { K9S_CONFIG_DIR: folder, K9S_LOGS_DIR: folder, KUBECONFIG: join(folder, 'kubeconfig') };
    const size = ['-x', '160', '-y', '40'];
    const command = [join(PROGRAMS, 'k9s'), '--command', 'pods'];
    await run('tmux', ['-S', join(folder, 'tmux'), 'new-session', '-d', ...size, ...command], {
      env: { ...env, ...own },
    });
  }, 60_000);
  afterAll(async () => {
    await tmux('kill-server').catch(() => {});
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const tmux = (...args: string[]) => run('tmux', ['-S', join(folder, 'tmux'), ...args]);
  const press = (...keys: string[]) => tmux('send-keys', ...keys);

  async function screen(...expected: RegExp[]): Promise<string> {
    return eventually(async () => {
      const { stdout } = await tmux('capture-pane', '-p');
      for (const each of expected) expect(stdout).toMatch(each);
      return stdout;
    }, WITHIN);
  }

  /** The command that opens a view, which says its title at the top. */
  async function open(view: string, title: RegExp): Promise<void> {
    await press(':');
    await tmux('send-keys', '-l', view);
    await press('Enter');
    await screen(title);
  }

  async function pods(): Promise<string[]> {
    const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' });
    return items.filter(({ metadata }) => !metadata?.deletionTimestamp).map(({ metadata }) => metadata?.name ?? '');
  }

  test('shows pods with what they use, describes one, and follows its log', async () => {
    await screen(/pods\(default\)\[1\]/, /web-\S+ +● +1\/1 +Running +0 +\d+ .*10\.\S+ +sim-\d/);
    await press('d');
    await screen(/Controlled By: +ReplicaSet\/web-/, /Node: +sim-\d/);
    await press('Escape');
    await screen(/pods\(default\)\[1\]/);
    await press('l');
    await screen(/hello from islet/);
    await press('Escape');
    await screen(/pods\(default\)\[1\]/);
  }, 120_000);

  test('scales and restarts a Deployment', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const read = () => apps.readNamespacedDeployment({ namespace: 'default', name: 'web' });
    await open('deployments', /deployments\(default\)\[1\]/);
    await press('s');
    await screen(/Scale deployment default\/web/, /Replicas: *1/);
    await press('BSpace', '3', 'Tab', 'Enter');
    await eventually(async () => expect((await read()).spec?.replicas).toBe(3), WITHIN);
    await screen(/web +3\/3 +3 +3 /);
    await press('r');
    await screen(/Confirm Restart/i);
    await press('Tab', 'Enter');
    await eventually(async () => expect((await read()).status?.observedGeneration).toBe(3), WITHIN);
  }, 120_000);

  test('deletes a pod, which another replaces', async () => {
    await open('pods', /pods\(default\)\[3\]/);
    const before = await eventually(async () => {
      const names = await pods();
      expect(names).toHaveLength(3);
      return names;
    }, WITHIN);
    await press('C-d');
    const name = /Delete pods default\/(\S+)\?/.exec(await screen(/Delete pods default\//))?.[1] ?? '';
    expect(before).toContain(name);
    await press('Tab', 'Enter');
    await eventually(async () => {
      const after = await pods();
      expect(after).toHaveLength(3);
      expect(after).not.toContain(name);
    }, WITHIN);
  }, 120_000);

  test('cordons and drains a node', async () => {
    const core = config.makeApiClient(CoreV1Api);
    await open('nodes', /nodes\(all\)\[2\]/);
    await screen(/sim-0 +Ready /);
    await press('c');
    await screen(/Cordon sim-0\?/);
    await press('Tab', 'Enter');
    await screen(/sim-0 +Ready,SchedulingDisabled/);
    await press('r');
    await screen(/Drain sim-0\?/);
    // Past six settings and Cancel.
    await press(...Array<string>(7).fill('Tab'), 'Enter');
    await eventually(async () => {
      const { items } = await core.listPodForAllNamespaces({ fieldSelector: 'spec.nodeName=sim-0' });
      expect(items.map(({ metadata }) => metadata?.name)).toEqual([]);
    }, WITHIN);
  }, 120_000);
});

/** The reason why this is not run here. */
async function reason(): Promise<string | undefined> {
  if (spawnSync('tmux', ['-V']).status !== 0) return 'no tmux in the PATH, which k9s is shown in';
  if (existsSync(join(PROGRAMS, 'k9s'))) return undefined;
  if (process.env.CLIENTS !== 'all') return 'k9s is not built without CLIENTS=all';
  const env = { ...process.env, GOBIN: PROGRAMS };
  try {
    await run('go', ['install', '-ldflags=-s -w', MODULE], { env, cwd: tmpdir(), timeout: BUILD_MS });
    return undefined;
  } catch (error) {
    return `${MODULE} cannot be built: ${(error as { stderr?: string }).stderr?.trim().split('\n').at(-1)}`;
  }
}
