/**
 * metrics.k8s.io of both sides, as an API server of its own behind an APIService: what a pod uses is what its annotations
 * `suite/cpu` and `suite/memory` say; a pod without one has no metrics.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../mutations.ts';
import type { Side } from './side.ts';

const API = '/apis/metrics.k8s.io/v1beta1';
const SERVICE = { namespace: 'default', name: 'measured' };
const MERGE = 'application/merge-patch+json';
const pods = { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] };

/** The answer of the API to a path with its query. */
export function measured(side: Side, target: string): { status: number; body: Json } {
  const { pathname, searchParams } = new URL(target, 'https://measured');
  const ok = (body: Json) => ({ status: 200, body });
  if (pathname === API) {
    return ok({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'metrics.k8s.io/v1beta1', resources: [pods] });
  }
  const [, namespace] = /\/namespaces\/([^/]+)\/pods$/.exec(pathname) ?? [];
  if (namespace === undefined) return { status: 404, body: { kind: 'Status', status: 'Failure', code: 404 } };
  const wanted = (searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
  const items = side
    .seen(namespace)
    .filter(({ plural, status }) => plural === 'pods' && status.phase === 'Running')
    .filter(({ metadata }) =>
      wanted.every((one) => metadata.labels?.[one.split('=')[0] as string] === one.split('=')[1]),
    )
    .flatMap((pod) => metricsOf(pod, side.now()));
  return ok({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items });
}

function metricsOf({ metadata, spec }: Json, now: number): Json[] {
  const { 'suite/cpu': cpu, 'suite/memory': memory = '64Mi' } = metadata.annotations ?? {};
  if (cpu === undefined) return [];
  const { name, namespace, labels } = metadata;
  return [
    {
      metadata: { name, namespace, labels },
      timestamp: new Date(now).toISOString().replace(/\.\d+/, ''),
      window: '1s',
      containers: spec.containers.map((container: Json) => ({ name: container.name, usage: { cpu, memory } })),
    },
  ];
}

export interface MetricsServer {
  stop(): void;
}

/** Answers on the loopback, and has a side's API server ask there. */
export async function serveMetrics(side: Side): Promise<MetricsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'islet-measured-'));
  const subject = ['-subj', '/CN=localhost', '-days', '9', '-keyout', 'key', '-out', 'cert'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], {
    cwd: folder,
    stdio: 'ignore',
  });
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name)));
  rmSync(folder, { recursive: true });
  const server = createServer({ key, cert }, (request, response) => {
    const { status, body } = measured(side, request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await register(side, (server.address() as AddressInfo).port);
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Islet has the APIService already: its own, which is local. */
async function register(side: Side, port: number): Promise<void> {
  const services = `/api/v1/namespaces/${SERVICE.namespace}/services`;
  const service = { metadata: { name: SERVICE.name }, spec: { type: 'ExternalName', externalName: 'localhost' } };
  await side.must('POST', services, { apiVersion: 'v1', kind: 'Service', ...service });
  const place = '/apis/apiregistration.k8s.io/v1/apiservices';
  const name = 'v1beta1.metrics.k8s.io';
  const spec = {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { ...SERVICE, port },
  };
  const patched = await side.send('PATCH', `${place}/${name}`, { spec }, MERGE);
  if (patched.status === 404) {
    const object = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name }, spec };
    await side.must('POST', place, object);
  } else if (patched.status >= 400) throw new Error(`${side.name}: ${patched.body.message}`);
}
