/**
 * Upstream's kube-controller-manager and kube-scheduler, from the folder that PEERS names, on a cluster that was created
 * without Islet's own, with the cluster's kubeconfig, leader election and an account for each controller.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAssets } from '../../cli/local/assets.ts';
import { kubeconfigText } from '../../cli/local/kubeconfig.ts';
import { type LocalServer, startServer } from '../../cli/local/server.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { eventually } from '../eventually.ts';

const { PEERS } = process.env;
if (!PEERS) console.log('skipped: PEERS does not name the folder of kube-controller-manager and kube-scheduler');

const PROGRAMS = ['kube-controller-manager', 'kube-scheduler'];
/** Lines of the log that tell of an answer which upstream's API would not have given. */
const STRANGE = /^E.*(Failed to watch|legacy_serviceaccount_token_cleaner|forbidden: User|unknown|decod)/;
const labels = { app: 'web' };
const spec = { containers: [{ name: 'c', image: 'nginx' }] };
const template = { metadata: { labels }, spec };

describe.skipIf(!PEERS)('upstream’s controllers and scheduler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-upstream-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const namespace = 'work';
  const config = new KubeConfig();
  const children: ChildProcess[] = [];
  let server: LocalServer;

  beforeAll(async () => {
    await ensureAssets(() => {}, 'api');
    server = await startServer({ state: join(folder, 'state'), port: 0, host: '127.0.0.1', log: () => {} });
    const { ca = '', server: address } = server.service;
    const { id, token } = await server.account.create('upstream', 3, ['controllers', 'scheduler']);
    const text = kubeconfigText({ name: 'upstream', server: `${address}/clusters/${id}`, token, ca });
    writeFileSync(kubeconfig, text, { mode: 0o600 });
    config.loadFromString(text);
    for (const program of PROGRAMS) {
      const log = openSync(join(folder, `${program}.log`), 'w');
      const args = [`--kubeconfig=${kubeconfig}`, '--leader-elect=true', '--secure-port=0'];
      if (program === PROGRAMS[0]) args.push('--use-service-account-credentials=true');
      children.push(spawnTied(join(PEERS ?? '', program), args, { stdio: ['ignore', log, log] }));
    }
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    await eventually(
      () => config.makeApiClient(CoreV1Api).readNamespacedServiceAccount({ name: 'default', namespace }),
      60_000,
    );
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('pods of Deployments, StatefulSets, DaemonSets and Jobs run, and Jobs end', async () => {
    const [apps, batch] = [config.makeApiClient(AppsV1Api), config.makeApiClient(BatchV1Api)];
    const [metadata, selector] = [{ name: 'web' }, { matchLabels: labels }];
    await apps.createNamespacedDeployment({ namespace, body: { metadata, spec: { replicas: 3, selector, template } } });
    const stateful = { serviceName: 'web', replicas: 2, selector, template };
    await apps.createNamespacedStatefulSet({ namespace, body: { metadata, spec: stateful } });
    await apps.createNamespacedDaemonSet({ namespace, body: { metadata, spec: { selector, template } } });
    const annotations = { 'islet.dev/simulated-exit-after': '1' };
    const job = { template: { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } }, completions: 2 };
    await batch.createNamespacedJob({ namespace, body: { metadata, spec: job } });
    await eventually(async () => {
      const named = { name: 'web', namespace };
      expect((await apps.readNamespacedDeployment(named)).status?.availableReplicas).toBe(3);
      expect((await apps.readNamespacedStatefulSet(named)).status?.readyReplicas).toBe(2);
      expect((await apps.readNamespacedDaemonSet(named)).status?.numberReady).toBe(3);
      expect((await batch.readNamespacedJob(named)).status?.succeeded).toBe(2);
    }, 45_000);
  });

  test('a CronJob runs each minute, a rollout ends, and what a deleted Deployment owned is collected', async () => {
    const [apps, batch] = [config.makeApiClient(AppsV1Api), config.makeApiClient(BatchV1Api)];
    const core = config.makeApiClient(CoreV1Api);
    const [own, selector] = [{ name: 'own' }, { matchLabels: { app: 'own' } }];
    const of = (image: string) => ({
      metadata: { labels: { app: 'own' } },
      spec: { containers: [{ name: 'c', image }] },
    });
    const annotations = { 'islet.dev/simulated-exit-after': '1' };
    const ended = { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } };
    const jobTemplate = { spec: { template: ended } };
    const cron = { metadata: { name: 'tick' }, spec: { schedule: '* * * * *', jobTemplate } };
    await batch.createNamespacedCronJob({ namespace, body: cron });
    const deployment = { metadata: own, spec: { replicas: 2, selector, template: of('nginx:1') } };
    await apps.createNamespacedDeployment({ namespace, body: deployment });
    const named = { ...own, namespace };
    await eventually(async () => {
      expect((await apps.readNamespacedDeployment(named)).status?.availableReplicas).toBe(2);
    }, 45_000);
    const body = await apps.readNamespacedDeployment(named);
    await apps.replaceNamespacedDeployment({
      ...named,
      body: { ...body, spec: { ...body.spec!, template: of('nginx:2') } },
    });
    await eventually(async () => {
      const { status } = await apps.readNamespacedDeployment(named);
      expect([status?.updatedReplicas, status?.replicas]).toEqual([2, 2]);
    }, 45_000);
    await apps.deleteNamespacedDeployment(named);
    await eventually(async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=own' });
      expect(items).toEqual([]);
    }, 45_000);
    await eventually(async () => {
      const { status } = await batch.readNamespacedCronJob({ name: 'tick', namespace });
      expect(status?.lastSuccessfulTime).toBeDefined();
    }, 90_000);
  });

  test('a namespace goes with all that is in it, and no answer was a surprise', async () => {
    const core = config.makeApiClient(CoreV1Api);
    await core.deleteNamespace({ name: namespace });
    await eventually(async () => {
      const { items } = await core.listNamespace();
      expect(items.map(({ metadata }) => metadata?.name)).not.toContain(namespace);
    }, 45_000);
    const lines = PROGRAMS.flatMap((program) => readFileSync(join(folder, `${program}.log`), 'utf8').split('\n'));
    expect(lines.filter((line) => STRANGE.test(line))).toEqual([]);
  });
});
