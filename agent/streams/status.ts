/** The metav1.Status that a client gets for a stream that could not be served. */
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
