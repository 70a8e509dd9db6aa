/**
 * `islet/testing`: a cluster for other people's tests, with its API server, controllers, scheduler and simulated nodes,
 * on a state folder that goes with it, ready in well under a second.
 *
 * ```ts
 * await using cluster = await startCluster();
 * const config = new KubeConfig();
 * config.loadFromString(cluster.kubeconfig);
 * ```
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAssets } from '../cli/local/assets.ts';
import { kubeconfigText } from '../cli/local/kubeconfig.ts';
import { startServer } from '../cli/local/server.ts';
import type { startCluster as declared } from './api.d.ts';

export type { ClusterOptions, TestCluster } from './api.d.ts';

/** Of the clusters that run. */
const folders = new Set<string>();

function removeFolders(): void {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Workerd still writes there, and dies in a moment: the folder goes with it.
    }
  }
}

export const startCluster: typeof declared = async ({ simulatedNodes = 3 } = {}) => {
  await ensureAssets(() => {}, 'api');
  const folder = mkdtempSync(join(tmpdir(), 'islet-testing-'));
  // If a test forgets to stop it, workerd ends with this process, which it does not keep alive, and so does the folder.
  if (folders.size === 0) process.on('exit', removeFolders);
  folders.add(folder);
  let stopServer = async (): Promise<void> => {};
  const stop = async (): Promise<void> => {
    await stopServer();
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
    if (folders.size === 0) process.off('exit', removeFolders);
  };
  try {
    const server = await startServer({
      state: folder,
      port: 0,
      host: '127.0.0.1',
      log: () => {},
      isTemporary: true,
      background: true,
    });
    stopServer = server.stop;
    const { ca = '', server: address } = server.service;
    const { id, token } = await server.account.create('test', simulatedNodes);
    const url = `${address}/clusters/${id}`;
    return {
      kubeconfig: kubeconfigText({ name: 'islet-test', server: url, token, ca }),
      server: url,
      token,
      ca,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
