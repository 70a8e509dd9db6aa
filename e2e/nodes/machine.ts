/** A service, a containerd and an agent on this machine, each as a user starts it, and a kubectl that asks. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { unmountWithin } from '../../agent/files/mount-table.ts';
import { stateFiles } from '../../cli/local/paths.ts';
import { readService } from '../../cli/local/service-file.ts';
import type { Pod } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from '../kubectl/find-kubectl.ts';
import { Machine, type Up } from '../workerd/service.ts';
import { type Containerd, startContainerd, whyNoContainerd } from './containerd.ts';
import { childOf, leftovers, NOTHING, networkNamespaces } from './leftovers.ts';

export interface Outcome {
  code: number;
  stdout: Buffer;
  stderr: string;
}

const kubectl = await findKubectl();
const skip = 'skip' in kubectl ? kubectl.skip : whyNoContainerd();
if (skip) console.log(`skipped: ${skip}`);

/**
 * A suite on this machine, which has joined as the node `real-1`, beside a simulated one. Its pods must leave nothing.
 * Skipped, with the reason, where there is no kubectl or no containerd. `flags` are more ones of `islet join`.
 */
export function describeOnNode(
  name: string,
  define: (rig: RealNode) => void,
  flags: (rig: RealNode) => readonly string[] = () => [],
): void {
  describe.skipIf(skip)(name, () => {
    const rig = new RealNode();
    beforeAll(() => rig.join(flags(rig)));
    afterAll(() => rig[Symbol.asyncDispose]());
    define(rig);
  });
}

export class RealNode implements AsyncDisposable {
  readonly #namespacesBefore = new Set(networkNamespaces());
  #machine: Machine | undefined;
  #containerd: Containerd | undefined;
  #service: Up | undefined;
  agent: Up | undefined;

  get machine(): Machine {
    this.#machine ??= new Machine();
    return this.#machine;
  }

  get containerd(): Containerd {
    if (!this.#containerd) throw new Error('containerd is not started');
    return this.#containerd;
  }

  /** Starts the service, containerd and the agent, and resolves when the node is ready. */
  async join(flags: readonly string[] = []): Promise<void> {
    this.#containerd = await startContainerd();
    await this.startService();
    await this.startAgent([...(await this.joinCommand()), '--node-name', 'real-1', ...flags]);
    await this.ok('wait --for=condition=Ready node/real-1 --timeout=30s');
  }

  /** At the address it had before, so that agents find it again. */
  async startService(): Promise<void> {
    const { state, kubeconfig } = this.machine;
    const port = existsSync(stateFiles(state).service) ? new URL(readService(state).server).port : '0';
    const where = ['--state', state, '--kubeconfig', kubeconfig, '--port', port];
    this.#service = this.machine.islet('up', ...where, '--nodes', '1');
    await this.#service.ready();
  }

  async stopService(): Promise<void> {
    this.#service?.process.kill('SIGTERM');
    await this.#service?.ended;
  }

  /** The command that `islet token create` prints, without `npx islet`. */
  async joinCommand(): Promise<string[]> {
    const { ended } = this.machine.islet('token', 'create', '--print-join-command', '--state', this.machine.state);
    const line = (await ended).output.split('\n').find((text) => text.startsWith('npx islet join')) ?? '';
    return line.split(' ').slice(2);
  }

  /**
   * Joins with the printed command the first time, later with what the state knows. Waits for `until` in the output.
   */
  async startAgent(command: readonly string[] = ['join'], until = 'connected to the cluster'): Promise<Up> {
    const state = join(this.machine.folder, 'agent');
    const endpoint = `unix://${this.containerd.endpoint}`;
    const where = ['--state', state, '--container-runtime-endpoint', endpoint];
    // How full this machine's disk is says nothing about the agent.
    const started = this.machine.islet(...command, ...where, '--eviction-hard', 'memory.available<1Mi');
    this.agent = started;
    await eventually(() => {
      if (!started.output.includes(until)) throw new Error(started.output);
    });
    return started;
  }

  /** The agent's own process, beneath the command's. */
  agentPid(): number {
    return childOf(this.agent?.process.pid);
  }

  /** Makes a pod of one busybox that sleeps, but for what is said otherwise, on the real node. */
  async apply(name: string, container: object = {}, spec: object = {}, metadata: object = {}): Promise<void> {
    const containers = [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'], ...container }];
    await this.ok(
      'apply -f -',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName: 'real-1', terminationGracePeriodSeconds: 1, containers, ...spec },
      }),
    );
  }

  async ready(name: string): Promise<void> {
    await this.ok(`wait --for=condition=Ready pod/${name} --timeout=30s`);
  }

  pod(name: string): Promise<Pod> {
    return this.json<Pod>(`get pod ${name}`);
  }

  /** The output of a command in the pod's first container. */
  async inside(name: string, ...command: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(['exec', name, '--', ...command]);
    if (code !== 0) throw new Error(`${command.join(' ')} in ${name}: ${code}\n${stdout}${stderr}`);
    return stdout.toString();
  }

  async killAgent(): Promise<void> {
    this.agent?.process.kill('SIGKILL');
    await this.agent?.ended;
  }

  start(args: readonly string[]) {
    if ('skip' in kubectl) throw new Error(kubectl.skip);
    return spawn(kubectl.path, args, { env: { ...process.env, KUBECONFIG: this.machine.kubeconfig } });
  }

  async kubectl(args: readonly string[], input: string | Buffer = ''): Promise<Outcome> {
    const child = this.start(args);
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
    return { code, stdout: Buffer.concat(stdout), stderr };
  }

  /** The output. Throws, with all output, unless kubectl succeeds. */
  async ok(line: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(line.split(' '), input);
    if (code === 0) return stdout.toString();
    const state = line.startsWith('wait') ? await this.#state() : '';
    throw new Error(`kubectl ${line}: ${code}\n${stdout}${stderr}\n${state}${this.agent?.output ?? ''}`);
  }

  /** The state of the cluster, printed where a test waits in vain. */
  async #state(): Promise<string> {
    const looks = ['get nodes,pods -A -o wide', 'get events -A', 'describe node real-1'];
    const shown = await Promise.all(looks.map((line) => this.kubectl(line.split(' '))));
    return shown.map(({ stdout }) => `${stdout}\n`).join('');
  }

  async json<T>(line: string): Promise<T> {
    return JSON.parse(await this.ok(`${line} -o json`)) as T;
  }

  /** Deletes all pods, and throws when anything of them is left on the machine. */
  async expectNothingLeft(): Promise<void> {
    await this.ok('delete pods --all --all-namespaces --grace-period=1 --timeout=40s');
    const places = {
      endpoint: this.containerd.endpoint,
      agentState: join(this.machine.folder, 'agent'),
      agentPid: this.agentPid(),
      runtimeFolder: this.containerd.folder,
      namespacesBefore: this.#namespacesBefore,
    };
    await eventually(async () => expect(await leftovers(places)).toEqual(NOTHING));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.agent) await this.expectNothingLeft();
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    this.agent?.process.kill('SIGTERM');
    await this.agent?.ended;
    if (this.#machine) {
      await unmountWithin(this.#machine.folder);
      await this.#machine[Symbol.asyncDispose]();
    }
    await this.#containerd?.[Symbol.asyncDispose]();
  }
}
