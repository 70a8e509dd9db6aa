/** Errors the edge answers itself, as `metav1.Status` in upstream's words (apimachinery `pkg/api/errors`, apiserver `responsewriters`). */
import { REASON_CODES, type Reason, type Status } from '../kube/machinery/status.ts';
import { type EdgeResponse, respond } from './env.ts';

export function failure(reason: Reason, message: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: REASON_CODES[reason],
  };
}

export function statusResponse(status: Status, headers: Record<string, string> = {}): EdgeResponse {
  return respond(`${JSON.stringify(status)}\n`, {
    status: status.code,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', ...headers },
  });
}

export const unauthorized = (): EdgeResponse => statusResponse(failure('Unauthorized', 'Unauthorized'));

export const notFound = (): EdgeResponse =>
  statusResponse({
    ...failure('NotFound', 'the server could not find the requested resource'),
    details: {},
  });

/** `limitedReadBody` of upstream's apiserver (`endpoints/handlers/rest.go`). */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
export const tooLarge = (): EdgeResponse =>
  statusResponse(failure('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`));

export const spdyUnsupported = (path: string): EdgeResponse => {
  const forward = path.endsWith('/portforward');
  return statusResponse(
    failure(
      'BadRequest',
      forward
        ? 'this server speaks WebSockets, not SPDY: port-forward needs kubectl 1.31 or newer (1.30 with KUBECTL_PORT_FORWARD_WEBSOCKETS=true)'
        : 'this server speaks WebSockets, not SPDY: exec and attach need kubectl 1.30 or newer (1.29 with KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true)',
    ),
  );
};
