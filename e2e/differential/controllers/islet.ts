/**
 * Islet as the scenarios see it: within this program, with controllers of its own; or, where `THEIRS` is set, a service
 * of its own whose cluster has none, and upstream's kube-controller-manager and kube-scheduler do their work.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIslet } from '../../../bench/targets/islet.ts';
import { kubeconfigText } from '../../../cli/local/kubeconfig.ts';
import { spawnTied } from '../../../cli/local/tied-process.ts';
import type { Outbound } from '../../../durable-objects/apiserver/outbound.ts';
import { type InProcess, startInProcess } from '../sequences/in-process.ts';
import { overHttp } from '../sequences/servers.ts';

export interface Twin extends Pick<InProcess, 'ask' | 'now'> {
  stop(): Promise<void>;
}

const LIMITS = ['--kube-api-qps=5000', '--kube-api-burst=10000'];

/** `outbound`: its calls to others, where it is within this program. */
export async function startTwin(programs: string, theirs: boolean, outbound: Outbound): Promise<Twin> {
  if (theirs) return startWithTheirs(programs);
  const islet = await startInProcess([], outbound);
  return { ...islet, stop: async () => islet.stop() };
}

async function startWithTheirs(programs: string): Promise<Twin> {
  const service = await startIslet();
  const { url, token } = await service.createCluster('twin', 0, ['controllers', 'scheduler']);
  const folder = mkdtempSync(join(tmpdir(), 'islet-theirs-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText({ name: 'twin', server: url, token, ca: service.ca }), { mode: 0o600 });
  writeFileSync(join(folder, 'ca'), service.ca);
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key', '-out', 'cert', '-subj', '/CN=k', '-days', '9'],
    { cwd: folder, stdio: 'ignore' },
  );
  const children: ChildProcess[] = [];
  const start = (program: string, args: string[]) => {
    const log = openSync(join(folder, `${program}.log`), 'w');
    const all = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', ...LIMITS, ...args];
    children.push(spawnTied(join(programs, program), all, { stdio: ['ignore', log, log] }));
  };
  start('kube-controller-manager', [
    `--root-ca-file=${folder}/ca`,
    `--cluster-signing-cert-file=${folder}/cert`,
    `--cluster-signing-key-file=${folder}/key`,
  ]);
  start('kube-scheduler', []);
  return {
    ask: overHttp({ url, token }),
    now: Date.now,
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
