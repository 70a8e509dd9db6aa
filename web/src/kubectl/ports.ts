/** The ports of kubectl. All of them are handed in, so that it runs in a page and in a test alike. */

/** A `fetch` beneath one cluster: `path` begins with `/api`, `/apis`, `/version` or the like. */
export interface Api {
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends early, without an error, when `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The small set of files that belong to the terminal. Names have no folders. */
export interface Files {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<boolean>;
  list(): Promise<string[]>;
}

/** The kubeconfig: one context, of which the namespace can be chosen. */
export interface Config {
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  /** Empty: `default`, and no one chose it. */
  namespace: string;
}

/** A process in a container, that a person or a pipe talks to. */
export interface Stream {
  /** Null once the input has ended. */
  input: AsyncIterable<Uint8Array> | null;
  output(bytes: Uint8Array): void;
  error(bytes: Uint8Array): void;
  /** Columns and rows; undefined where there is no terminal. */
  size?: () => { width: number; height: number };
  onResize?: (changed: () => void) => () => void;
  signal: AbortSignal;
}

/** The end of a process: `Success`, or upstream's Status of why not. */
export interface StreamEnd {
  status?: string;
  message?: string;
  reason?: string;
  /** It did not begin: the API answered so. */
  refused?: boolean;
  details?: { causes?: { reason?: string; message?: string }[] };
}

export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** All that is piped in; undefined at a terminal. */
  stdin?: string;
  /** The output is looked at, and not piped on. */
  tty?: boolean;
  /** Opens an editor on the text. Undefined: closed without saving. */
  edit?: (text: string, name: string) => Promise<string | undefined>;
  /** Opens `exec` or `attach` at a path with a query. */
  stream?: (path: string, stream: Stream) => Promise<StreamEnd>;
  /** Keys as they are typed, for `exec`: each as it is, or in lines that are shown and that Ctrl-D ends. */
  keys?: (mode: 'raw' | 'lines') => { bytes: AsyncIterable<Uint8Array>; stop(): void };
  size?: () => { width: number; height: number };
  onResize?: (changed: () => void) => () => void;
  /** Ctrl-C. */
  signal: AbortSignal;
}

export interface World {
  api: Api;
  clock: Clock;
  files: Files;
  config: Config;
  /** The text at an address of another site. Rejects with words for a person. */
  site(address: string): Promise<string>;
  random(): number;
}
