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

export const startCluster: typeof declared = async ({ simulatedNodes = 3 } = {}) => {
  await ensureAssets(() => {}, 'api');
  const folder = mkdtempSync(join(tmpdir(), 'islet-testing-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  // If a test forgets to stop it, workerd ends with this process, and so does the folder.
  process.once('exit', removeFolder);
  let stopServer = async (): Promise<void> => {};
  const stop = async (): Promise<void> => {
    await stopServer();
    removeFolder();
    process.off('exit', removeFolder);
  };
  try {
    const server = await startServer({ state: folder, port: 0, host: '127.0.0.1', log: () => {} });
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
