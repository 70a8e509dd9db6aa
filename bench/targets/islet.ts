/** Islet as `npm start` runs it: the built Worker in workerd, TLS, state on disk; a cluster of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../cli/local/server.ts';
import { ensureBuilt } from '../../scripts/build/service.ts';
import type { Component } from '../../wire/rpc.ts';
import type { Target } from '../lib/target.ts';

/** A service without a cluster yet; its `url` is the management API's. */
export interface IsletTarget extends Target {
  /** The certificate of its own authority, in PEM. */
  ca: string;
  createCluster(name: string, simulatedNodes: number, without?: readonly Component[]): Promise<Target>;
}

export async function startIslet(): Promise<IsletTarget> {
  await ensureBuilt({ only: 'api' });
  const state = mkdtempSync(join(tmpdir(), 'islet-bench-'));
  const log = (line: string): void => console.error(`islet: ${line}`);
  const server = await startServer({ state, port: 0, host: '127.0.0.1', log });
  const { service, account, pid, stop } = server;
  return {
    name: 'islet',
    url: service.server,
    ca: service.ca ?? '',
    token: '',
    pids: [pid],
    async createCluster(name, simulatedNodes, without) {
      const { id, token } = await account.create(name, simulatedNodes, without);
      return {
        name: 'islet',
        url: `${service.server}/clusters/${id}`,
        token,
        pids: [pid],
        stop: async () => void (await account.delete(name, true)),
      };
    },
    async stop() {
      await stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The names of simulated nodes are a number. */
export function simulatedNode(at: number): unknown {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `sim-${at}`, labels: { 'islet.dev/simulated': 'true' } } };
}
