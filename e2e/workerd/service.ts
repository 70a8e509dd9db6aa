/** `islet up` as a user runs it: a process of its own on a state folder of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, type Endpoint, send } from '../../cli/local/client.ts';
import { ROOT } from '../../cli/local/paths.ts';
import { readService } from '../../cli/local/service-file.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';

export interface Ended {
  code: number | null;
  output: string;
}

export class Up {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  output = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.process = spawnTied(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code) => resolve({ code, output: this.output }));
    });
  }

  /** Throws, with all it printed, when it ends before it says `ready`. */
  async ready(): Promise<this> {
    let over = false;
    void this.ended.then(() => (over = true));
    while (!/^ready$/m.test(this.output)) {
      if (over) throw new Error(this.output);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this;
  }
}

/** A folder with a state and a kubeconfig in it, and the commands that run on them. */
export class Machine implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'islet-workerd-'));
  readonly state = join(this.folder, 'state');
  readonly kubeconfig = join(this.folder, 'kubeconfig');
  /** Environment variables of its commands, beside those of this process. */
  readonly settings: Record<string, string> = {};
  readonly #running = new Set<Up>();

  islet(...args: string[]): Up {
    const env = { ...process.env, ...this.settings, KUBECONFIG: this.kubeconfig };
    return this.#keep(new Up(process.execPath, ['cli/islet.mjs', ...args], env));
  }

  up(...args: string[]): Up {
    return this.islet('up', '--state', this.state, '--kubeconfig', this.kubeconfig, '--port', '0', ...args);
  }

  /** Runs a command on this state, and returns its output; throws the output when the command fails. */
  async run(...args: string[]): Promise<string> {
    const { code, output } = await this.islet(...args, '--state', this.state).ended;
    if (code !== 0) throw new Error(output);
    return output;
  }

  command(command: string, ...args: string[]): Up {
    return this.#keep(new Up(command, args));
  }

  async account(): Promise<Account> {
    return Account.of(readService(this.state));
  }

  /** The administrator of a cluster. */
  async cluster(name = 'default'): Promise<Endpoint> {
    const { server, ca } = readService(this.state);
    const { id, token } = await (await this.account()).token(name);
    return { server: `${server}/clusters/${id}`, ca, token };
  }

  /** The agent of a node that joins the default cluster. */
  async join(nodeName: string): Promise<Endpoint> {
    const cluster = await this.cluster();
    const token = (await this.run('token', 'create')).trim();
    const { status, text } = await send({ ...cluster, token }, 'POST', '/islet/v1/join', { nodeName });
    if (status !== 201) throw new Error(`${nodeName} cannot join: ${text}`);
    return { ...cluster, token: (JSON.parse(text) as { token: string }).token };
  }

  #keep(up: Up): Up {
    this.#running.add(up);
    void up.ended.then(() => this.#running.delete(up));
    return up;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const up of this.#running) {
      up.process.kill('SIGTERM');
      await up.ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function get<T>(endpoint: Endpoint, path: string): Promise<T> {
  const { status, text } = await send(endpoint, 'GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}
