/** What a client is told of a stream that could not be served: a metav1.Status. */
import { failure, type Reason, type Status } from '../../kube/machinery/status.ts';

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
  if (error instanceof StreamFailure) return failure(error.reason, error.message, error.code);
  return failure('InternalError', `Internal error occurred: ${error.message}`);
}
