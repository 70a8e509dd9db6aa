/** What a client is told of a stream that could not be served: a metav1.Status. */
import type { Reason, Status } from '../../kube/machinery/status.ts';

export class StreamFailure extends Error {
  readonly code: number;
  readonly reason: Reason;

  constructor(code: number, reason: Reason, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

export function failureStatus(error: Error): Status {
  const known = error instanceof StreamFailure;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: known ? error.message : `Internal error occurred: ${error.message}`,
    reason: known ? error.reason : 'InternalError',
    code: known ? error.code : 500,
  };
}
