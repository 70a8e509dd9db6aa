/** `islet up`: a service on this machine, in the foreground, with the cluster `default`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { ensureAssets } from '../local/assets.ts';
import { send } from '../local/client.ts';
import {
  checkKubeconfig,
  editKubeconfig,
  isSameCluster,
  kubeconfigPath,
  mergeKubeconfig,
  serverIn,
  tokensOf,
} from '../local/kubeconfig.ts';
import { isRuntimeNote, logLine } from '../local/log-line.ts';
import { type LocalServer, startServer } from '../local/server.ts';
import type { Service } from '../local/service-file.ts';
import { stopRequest } from '../local/stop-request.ts';
import { kubeconfigOption, stateOption, wholeNumber } from './options.ts';

interface Options {
  port?: number;
  host: string;
  state: string;
  kubeconfig?: string;
  nodes: number;
  ephemeral?: boolean;
}

const DEFAULT_PORT = 7443;
/** A signal to the process group may arrive here after the builder has died of it. */
const STOP_ARRIVES_MS = 100;
const CONTEXT = 'islet-default';

export function upCommand(): Command {
  return new Command('up')
    .description('run a service on this machine, with the cluster `default`')
    .option(
      '--port <n>',
      `the API's port; the dashboard takes the next one (default: ${DEFAULT_PORT})`,
      wholeNumber(0, 65_534),
    )
    .option('--host <address>', 'the address the API listens on; 0.0.0.0 lets other machines join', '127.0.0.1')
    .addOption(stateOption())
    .addOption(kubeconfigOption())
    .option('--nodes <n>', 'simulated nodes of a new cluster', wholeNumber(0, 1000), 3)
    .option('--ephemeral', 'keep nothing: state and kubeconfig in a temporary folder, free ports')
    .action(up);
}

async function up(options: Options): Promise<void> {
  const { host, nodes, ephemeral } = options;
  const stopping = stopRequest();
  if (!(await areAssetsBuilt(stopping))) process.exit(130);
  const state = ephemeral ? mkdtempSync(join(tmpdir(), 'islet-')) : resolve(options.state);
  const kubeconfig =
    ephemeral && !options.kubeconfig
      ? join(state, 'kubeconfig')
      : resolve(kubeconfigPath(options.kubeconfig, process.env));
  const port = options.port ?? (ephemeral ? 0 : DEFAULT_PORT);
  let server: LocalServer | undefined;
  let failed = false;
  try {
    await checkKubeconfig(kubeconfig);
    server = await startServer({
      state,
      port,
      host,
      kubeconfig,
      isTemporary: ephemeral,
      log: (line) => {
        if (process.env.ISLET_DEBUG || !isRuntimeNote(line)) console.log(logLine(new Date(), line));
      },
    });
    await openDefault(server, nodes, kubeconfig);
    await announce(server, state, kubeconfig, Boolean(options.kubeconfig || ephemeral));
    const first = await Promise.race([stopping.then(() => 'asked'), server.ended.then(() => 'ended')]);
    failed = first === 'ended';
    console.log(failed ? 'the service ended by itself' : 'stopping …');
  } finally {
    await server?.stop();
    if (ephemeral) rmSync(state, { recursive: true, force: true });
  }
  process.exit(failed ? 1 : 0);
}

/** False when it was stopped meanwhile. Ctrl-C reaches the builder's own process too, whose error then says nothing. */
async function areAssetsBuilt(stopping: Promise<unknown>): Promise<boolean> {
  const stopped = stopping.then(() => false);
  const built = ensureAssets((line) => console.log(line)).then(() => true);
  return Promise.race([built, stopped]).catch((error: unknown) =>
    Promise.race([
      stopped,
      sleep(STOP_ARRIVES_MS).then(() => {
        throw error;
      }),
    ]),
  );
}

async function openDefault({ account, service }: LocalServer, nodes: number, kubeconfig: string): Promise<void> {
  const known = (await account.list()).find(({ name }) => name === 'default');
  console.log(known ? 'found the cluster default' : `creating the cluster default with ${nodes} simulated nodes`);
  const { id, token } = known
    ? { id: known.id, token: await keptToken(service, known.id, kubeconfig) }
    : await account.create('default', nodes);
  const server = `${service.server}/clusters/${id}`;
  const entry = { name: CONTEXT, server, token: token ?? (await account.token('default')).token, ca: service.ca };
  const before = serverIn(kubeconfig, CONTEXT);
  // Another port is no other cluster.
  if (before !== undefined && !isSameCluster(before, server)) {
    console.log(`note: context ${CONTEXT} was that of ${before}; --kubeconfig FILE keeps several services apart`);
  }
  await editKubeconfig(kubeconfig, (text) => mergeKubeconfig(text, entry));
}

/** The kubeconfig's token, if it is still good: each start would leave another token behind. */
async function keptToken({ server, ca }: Service, id: string, kubeconfig: string): Promise<string | undefined> {
  const token = tokensOf(kubeconfig).get(CONTEXT);
  if (token === undefined) return undefined;
  const { status } = await send({ server: `${server}/clusters/${id}`, ca, token }, 'GET', '/api/v1');
  return status === 200 ? token : undefined;
}

async function announce(server: LocalServer, state: string, kubeconfig: string, named: boolean): Promise<void> {
  const { dashboard } = server.service;
  const code = await server.account.dashboardCode();
  const kubectl = named ? `KUBECONFIG=${kubeconfig} kubectl` : 'kubectl';
  console.log(`
Islet runs at ${server.service.server}, its state is in ${state}.

  dashboard  ${dashboard}/?code=${code}
  kubectl    context islet-default in ${kubeconfig}, the current one now

Try:
  ${kubectl} get nodes
  ${kubectl} create deployment web --image=nginx --replicas=3
  ${kubectl} get pods -o wide --watch

ready`);
}
