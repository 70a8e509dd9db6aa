/**
 * The log of a simulated container, as its pod's annotations say it. One that is followed is made at the edge, and so are
 * the messages of one that is asked for over a WebSocket.
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import { firstLine, logText, runOf, saidBy, written } from '../../../kube/simulated/logs.ts';
import type { Pod } from '../../../kube/types.ts';
import { type LogOptions, SIMULATED_LOG_HEADER, type SimulatedLog } from '../../../wire/stream.ts';
import type { Call } from '../call.ts';
import { badRequest, notImplemented } from '../errors.ts';
import type { ApiResponse, WatchAnswer } from '../request.ts';
import { refuseWaiting } from './log-waiting.ts';

/** Throws 501 where the pod does not say what it writes. */
export function simulatedLog(call: Call, pod: Pod, container: string, options: LogOptions): ApiResponse | WatchAnswer {
  const { namespace = '', name = '' } = pod.metadata;
  const said = saidBy(pod, container);
  if (!said) {
    const why =
      'which runs no containers: the annotation islet.dev/simulated-logs of a pod says what it logs, and a machine that joins (islet token create --print-join-command) runs pods';
    throw notImplemented(`logs: pod ${name} is on the simulated node ${pod.spec?.nodeName}, ${why}`);
  }
  refuseWaiting(pod, container, options);
  const run = runOf(pod, container, options.previous);
  if (!run) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  if (options.follow && run.endedAt === undefined) {
    // The Worker makes the log of the pod's state and shows nothing else of it: the client may lack the right to read pods.
    if (call.query.get('watch') !== undefined) throw badRequest('a log is followed, and cannot be watched');
    const log: SimulatedLog = { container, options };
    return {
      type: 'watch',
      watch: {
        prefix: keyOf('pods', namespace, name),
        fieldSelector: `metadata.name=${name}`,
        as: { type: 'object' },
        bookmarks: false,
        apiVersion: 'v1',
        kind: 'Pod',
      },
      headers: { [SIMULATED_LOG_HEADER]: JSON.stringify(log) },
    };
  }
  const count = written(said, run, call.now);
  const text = logText(said, run, firstLine(said, run, count, options, call.now), count, options.timestamps);
  return {
    type: 'response',
    status: 200,
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' },
    ...cut(text, options.limitBytes),
  };
}

/** Cut between any two bytes, as upstream. */
function cut(text: string, limit: number | undefined): Pick<ApiResponse, 'body' | 'isBytes'> {
  if (limit === undefined || text.length * 3 <= limit) return { body: text };
  const bytes = new TextEncoder().encode(text).subarray(0, limit);
  return { body: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''), isBytes: true };
}
