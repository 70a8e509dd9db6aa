/**
 * `/metrics` and its siblings in the formats of Prometheus (apiserver `pkg/server/routes/metrics.go`).
 */
import { TEXT_TYPE } from '../../../kube/metrics/text.ts';
import { healthMetrics } from '../discovery/health.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';
import { printMetrics } from './format.ts';
import { podResources } from './pod-resources.ts';

type Ports = Pick<Server, 'metrics' | 'store'>;

/** undefined for other paths. */
export function metricsPage(ports: Ports, request: ApiRequest, path: string): ApiResponse | undefined {
  const { method } = request;
  if (path === '/metrics/slis') return printMetrics([healthMetrics(ports)], request.header('accept'));
  if (path === '/metrics/resources') return shown(podResources(ports.store));
  if (path !== '/metrics') return undefined;
  if (method !== 'DELETE') return printMetrics(ports.metrics.families(), request.header('accept'));
  ports.metrics.reset();
  return {
    type: 'response',
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'metrics reset\n',
  };
}

function shown(body: Iterable<string>): ApiResponse {
  return { type: 'response', status: 200, headers: { 'content-type': TEXT_TYPE }, body };
}
