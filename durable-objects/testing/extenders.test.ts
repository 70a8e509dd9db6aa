/** Extenders over HTTP, in a whole cluster: a server of Node's filters, scores and binds. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import type { Outbound } from '../apiserver/outbound.ts';
import { TestCluster } from './cluster.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/kube-system/configmaps';

const overHttp: Outbound = async ({ to, method, headers, body, timeoutMs }) => {
  if (!('url' in to)) throw new Error('a URL is expected');
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(to.url, { method, headers: headers as Record<string, string>, body, signal });
  return { status: response.status, headers: {}, body: await response.text() };
};

test('an extender filters, scores and binds; a pod that it does not answer about in time waits, and others do not', async () => {
  const seen: string[] = [];
  let cluster: TestCluster | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const verb = request.url?.split('/').at(-1) ?? '';
    const name: string = body.Pod?.metadata.name ?? body.PodName;
    seen.push(`${verb} ${name}`);
    if (name === 'slow') return;
    if (verb === 'filter') {
      const items = body.Nodes.items.filter(({ metadata }: Pod) => metadata.name !== 'sim-0');
      response.end(JSON.stringify({ Nodes: { items }, FailedNodes: { 'sim-0': 'not this one' } }));
    } else if (verb === 'prioritize') {
      response.end(JSON.stringify([{ Host: 'sim-2', Score: 10 }]));
    } else {
      const target = { kind: 'Node', name: body.Node };
      await cluster?.must(`POST ${PODS}/${name}/binding`, { metadata: { name, uid: body.PodUID }, target });
      response.end('{}');
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  cluster = await TestCluster.start({ simulatedNodes: 3, outbound: overHttp });
  const config = [
    'apiVersion: kubescheduler.config.k8s.io/v1',
    'kind: KubeSchedulerConfiguration',
    'extenders:',
    `- {urlPrefix: "http://127.0.0.1:${port}/e", filterVerb: filter, prioritizeVerb: prioritize, weight: 9, bindVerb: bind, httpTimeout: 200ms}`,
  ].join('\n');
  await cluster.must(`POST ${MAPS}`, { metadata: { name: 'kube-scheduler' }, data: { 'config.yaml': config } });
  await cluster.settle();
  for (const name of ['slow', 'quick']) {
    await cluster.must(`POST ${PODS}`, { metadata: { name }, spec: { containers: [{ name: 'c', image: 'web:1' }] } });
  }
  const pod = async (name: string) => (await cluster.must<Pod>(`GET ${PODS}/${name}`)) as Pod;
  const until = async (is: () => Promise<boolean>) => {
    for (let i = 0; i < 200 && !(await is()); i++) {
      await cluster.settle();
      await setTimeout(10);
    }
  };
  await until(async () => (await pod('quick')).spec?.nodeName !== undefined);
  expect((await pod('quick')).spec?.nodeName).toBe('sim-2');
  await until(async () => (await pod('slow')).status?.conditions?.[0]?.reason === 'SchedulerError');
  expect((await pod('slow')).status?.conditions).toMatchObject([
    {
      type: 'PodScheduled',
      status: 'False',
      message: expect.stringContaining(`Post "http://127.0.0.1:${port}/e/filter"`),
    },
  ]);
  expect(seen).toEqual(['filter slow', 'filter quick', 'prioritize quick', 'bind quick']);
  server.closeAllConnections();
  server.close();
});
