/** The format of metrics that a client asks for (prometheus/common `expfmt.Negotiate`). */
import { binaryString } from '../../../kube/machinery/binary-string.ts';
import { PROTOBUF_TYPE, printProtobuf } from '../../../kube/metrics/protobuf.ts';
import type { Family } from '../../../kube/metrics/registry.ts';
import { printText, TEXT_TYPE } from '../../../kube/metrics/text.ts';
import type { ApiResponse } from '../request.ts';

/** The families as delimited protobuf where that is preferred, else as text. Upstream offers no OpenMetrics either. */
export function printMetrics(families: Iterable<Family>, accept: string | undefined): ApiResponse {
  if (!prefersProtobuf(accept)) {
    // The text is made at once, so that all values are of one moment however slowly the client reads.
    return { type: 'response', status: 200, headers: { 'content-type': TEXT_TYPE }, body: [...printText(families)] };
  }
  const body = Array.from(printProtobuf(families), binaryString);
  const headers = { 'content-type': `${PROTOBUF_TYPE}; escaping=underscores` };
  return { type: 'response', status: 200, headers, body, isBytes: true };
}

interface Clause {
  type: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

function prefersProtobuf(accept: string | undefined): boolean {
  if (!accept?.includes('protobuf')) return false;
  const clauses = accept.split(',').map(clauseOf);
  for (const { type, parameters } of clauses.sort((a, b) => b.quality - a.quality)) {
    const isMetrics = parameters.get('proto') === 'io.prometheus.client.MetricFamily';
    if (type === 'application/vnd.google.protobuf' && isMetrics && parameters.get('encoding') === 'delimited') {
      return true;
    }
    if (type === 'text/plain' && ['', '0.0.4'].includes(parameters.get('version') ?? '')) return false;
  }
  return false;
}

function clauseOf(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(rest.map((part) => part.split('=', 2).map((side) => side.trim()) as [string, string]));
  const quality = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 1 };
}
