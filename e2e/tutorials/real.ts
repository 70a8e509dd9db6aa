/** A shell with a real kubectl, in a home of its own with the page's files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from './transcript/parse.ts';
import type { Outcome, Terminal } from './transcript/play.ts';

/** What a line exports is there for the next. */
const KEPT = 'if [ -f .exported ]; then . ./.exported; fi';
const KEEP = 'code=$?; export -p > .exported; exit $code';

export class RealTerminal implements Terminal, AsyncDisposable {
  readonly #home: string;
  readonly #path: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(home: string, path: string) {
    this.#home = home;
    this.#path = path;
  }

  static async open(kubectl: string, kubeconfig: string, page: Page): Promise<RealTerminal> {
    const home = await mkdtemp(join(tmpdir(), 'islet-tutorial-'));
    for (const [name, text] of [['.kube/config', kubeconfig] as const, ...page.files]) {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await writeFile(join(home, name), text);
    }
    if (kubectl === 'kubectl') return new RealTerminal(home, process.env.PATH ?? '');
    await mkdir(join(home, '.bin'));
    await symlink(kubectl, join(home, '.bin', 'kubectl'));
    return new RealTerminal(home, `${join(home, '.bin')}:${process.env.PATH}`);
  }

  async run(line: string): Promise<Outcome> {
    const child = this.#start(`${KEPT}\n${line}\n${KEEP}`);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
    return { code, output };
  }

  watch(line: string): { output(): string; end(): void } {
    const child = this.#start(`exec ${line}`);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    return { output: () => output, end: () => child.kill() };
  }

  #start(script: string): ChildProcess {
    const child = spawn('bash', ['-c', local(script)], {
      cwd: this.#home,
      env: { PATH: this.#path, HOME: this.#home, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('close', () => this.#running.delete(child));
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** The manifests of the documentation's site stand in a folder. */
const local = (line: string): string =>
  line.replaceAll(/https:\/\/(?:k8s\.io|kubernetes\.io)\/examples\//g, 'examples/');
