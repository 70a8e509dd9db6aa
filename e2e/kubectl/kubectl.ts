/** kubectl against a cluster of its own, in a home of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterOptions, startCluster, type TestCluster } from '../../testing/index.ts';
import { findKubectl } from './find-kubectl.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export class Kubectl implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly folder: string;
  readonly #path: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(cluster: TestCluster, folder: string, path: string) {
    this.cluster = cluster;
    this.folder = folder;
    this.#path = path;
  }

  /** Throws where there is no kubectl: ask `findKubectl` first whether to skip. */
  static async open(options?: ClusterOptions): Promise<Kubectl> {
    const found = await findKubectl();
    if ('skip' in found) throw new Error(found.skip);
    const folder = await mkdtemp(join(tmpdir(), 'islet-kubectl-'));
    const cluster = await startCluster(options);
    await writeFile(join(folder, 'config'), cluster.kubeconfig);
    return new Kubectl(cluster, folder, found.path);
  }

  /** Runs kubectl to its end, whatever its exit code. */
  async run(args: readonly string[], input?: string, env: Record<string, string> = {}): Promise<Outcome> {
    const process = this.start(args, env);
    let [stdout, stderr] = ['', ''];
    process.stdout?.on('data', (chunk) => (stdout += chunk));
    process.stderr?.on('data', (chunk) => (stderr += chunk));
    process.stdin?.end(input ?? '');
    const code = await new Promise<number>((resolve) => process.once('close', (status) => resolve(status ?? -1)));
    return { code, stdout, stderr };
  }

  /** The output. Throws, with all output, unless kubectl succeeds. */
  async ok(line: string, input?: string): Promise<string> {
    const outcome = await this.run(words(line), input);
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(`kubectl ${line}: ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
  }

  /** The errors. Throws when kubectl succeeds. */
  async fails(line: string, input?: string): Promise<string> {
    const outcome = await this.run(words(line), input);
    if (outcome.code !== 0) return outcome.stderr;
    throw new Error(`kubectl ${line} succeeded:\n${outcome.stdout}`);
  }

  async json<T = { items: never[] }>(line: string): Promise<T> {
    return JSON.parse(await this.ok(`${line} -o json`)) as T;
  }

  /** A kubectl that goes on until the test ends. */
  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(this.#path, args, {
      env: { PATH: process.env.PATH, HOME: this.folder, KUBECONFIG: join(this.folder, 'config'), TZ: 'UTC', ...env },
    });
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    await this.cluster.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Splits at spaces, except within single quotes, which go. */
export function words(line: string): string[] {
  return (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''));
}

/** The manifest of the Kubernetes documentation. */
export const NGINX_DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-deployment
  labels:
    app: nginx
spec:
  replicas: 3
  selector:
    matchLabels:
      app: nginx
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
      - name: nginx
        image: nginx:1.14.2
        ports:
        - containerPort: 80
`;
