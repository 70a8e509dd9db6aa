/**
 * The published types of `islet/testing`: apart, so that the compiler of a project that uses it reads this alone and
 * not our sources, which want compiler options of their own.
 */
export interface ClusterOptions {
  /** The number of simulated nodes; 3 when left out. */
  simulatedNodes?: number;
}

export interface TestCluster extends AsyncDisposable {
  /** YAML text with one context, which is the current one. It carries the CA and a token. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT/clusters/ID` */
  readonly server: string;
  /** A bearer token of the cluster's administrator. */
  readonly token: string;
  /** PEM of the CA that the server's certificate comes from. */
  readonly ca: string;
  /** Ends the cluster, and leaves nothing behind: no process, no port, no file. */
  stop(): Promise<void>;
}

/** Rejects when the service does not start. */
export function startCluster(options?: ClusterOptions): Promise<TestCluster>;
