/** A server under measurement: Islet, its peer, or the bare runtime that is Islet's limit. */
export interface Target {
  name: string;
  /** Kubernetes API paths lie beneath it: `https://127.0.0.1:7443/clusters/abc`. */
  url: string;
  token: string;
  /** Sent with each request, beside those of the case. */
  headers?: Readonly<Record<string, string>>;
  /** Processes whose CPU time and memory are the server's. */
  pids: readonly number[];
  /** Keeps and sends what it was given, so it is given what Islet made of it. */
  addsNothing?: boolean;
  /** Added to the query of a watch. */
  watchQuery?: string;
  stop(): Promise<void>;
}

/** One figure of one case. */
export interface Figure {
  case: string;
  what: string;
  unit: 'ms' | '1/s' | 'MB/s' | 'CPU ms' | 'MB' | 'rows' | 'count' | '%' | '×';
  /** The median over the runs, by target name. */
  values: Record<string, number>;
}
