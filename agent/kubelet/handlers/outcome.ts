/** The outcome of a handler, as probes and hooks see it. */
export interface Outcome {
  ok: boolean;
  /** The event's text when it is not ok. */
  output: string;
  /** The handler could not be run at all, which says nothing of the container. */
  broken?: boolean;
}
