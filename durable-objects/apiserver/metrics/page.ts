/**
 * `/metrics` and its siblings in the text format of Prometheus (apiserver `pkg/server/routes/metrics.go`).
 * kube-apiserver offers no OpenMetrics either.
 */
import { printText, TEXT_TYPE } from '../../../kube/metrics/text.ts';
import { healthMetrics } from '../discovery/health.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';
import { podResources } from './pod-resources.ts';

type Ports = Pick<Server, 'metrics' | 'store'>;

/** undefined for other paths. */
export function metricsPage(ports: Ports, { method }: ApiRequest, path: string): ApiResponse | undefined {
  if (path === '/metrics/slis') return shown(printText([healthMetrics(ports)]));
  if (path === '/metrics/resources') return shown(podResources(ports.store));
  if (path !== '/metrics') return undefined;
  if (method !== 'DELETE') {
    // All of it is as things are now, however slowly it is read.
    return shown([...printText(ports.metrics.families())]);
  }
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
