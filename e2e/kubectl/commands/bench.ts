/** Runs cases with a real kubectl: files that they name, and a namespace each. */
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, issueServer } from '../../../cli/local/certificates.ts';
import { NODE_CLIENT } from '../../../kube/testing/certificate-requests.ts';
import { eventually } from '../../eventually.ts';
import { type Outcome, words } from '../kubectl.ts';
import type { Case, Step } from './case.ts';
import { MAP } from './case.ts';

const PROXY = '$PROXY ';
/** `$FORWARD pod/box /path` */
const FORWARD = '$FORWARD ';
const PATIENCE = 30_000;

/** A kubectl in a home of its own. */
export interface Runner {
  folder: string;
  run(args: readonly string[], input?: string, env?: Record<string, string>): Promise<Outcome>;
  start(args: readonly string[]): ChildProcess;
}

export class Bench {
  readonly #kubectl: Runner;
  #namespaces = 0;

  constructor(kubectl: Runner) {
    this.#kubectl = kubectl;
  }

  /** Writes what cases name as `$DIR`. */
  async prepare(): Promise<void> {
    const { folder } = this.#kubectl;
    const authority = await createAuthority(Date.now());
    const { certificate, key } = await issueServer(authority, ['example.com'], Date.now());
    const files: Record<string, string> = {
      file: 'text',
      env: 'A=b\n',
      'map.yaml': MAP,
      'tls.crt': certificate,
      'tls.key': key,
      'kustomization/kustomization.yaml': 'configMapGenerator: [{name: kustomized, literals: [a=b]}]\n',
      kuberc: 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n',
      'bin/kubectl-greet': '#!/bin/sh\necho hello $1\n',
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    await chmod(join(folder, 'bin/kubectl-greet'), 0o755);
  }

  /** In a namespace of its own. Throws, with what kubectl said, where a step does not hold. */
  async run(each: Case): Promise<void> {
    const namespace = `case-${++this.#namespaces}`;
    const ask = (line: string) => this.#attempt({ line }, namespace);
    await ask(`create namespace ${namespace}`);
    await ask(`config set-context --current --namespace=${namespace}`);
    await eventually(() => ask('get sa default'));
    await this.steps(each, namespace);
    await ask(`delete namespace ${namespace} --wait=false`);
  }

  async steps({ steps }: Case, namespace: string): Promise<void> {
    for (const step of steps) {
      const attempt = () => this.#attempt(step, namespace);
      await (step.eventually ? eventually(attempt, PATIENCE) : attempt());
    }
  }

  async #attempt({ line, input, says, fails, env = {} }: Step, namespace: string): Promise<void> {
    const { folder } = this.#kubectl;
    const filled = (text: string): string =>
      text.replaceAll('$DIR', folder).replaceAll('$NS', namespace).replaceAll('$CSR', NODE_CLIENT);
    const whole = filled(line);
    const given = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
    const outcome = await this.#outcome(whole, input === undefined ? undefined : filled(input), given);
    const { code, stdout, stderr } = outcome;
    const text = stdout + stderr;
    const isThere = says === undefined || (typeof says === 'string' ? text.includes(filled(says)) : says.test(text));
    if ((code !== 0) === (fails === true) && isThere) return;
    throw new Error(`kubectl ${whole}: ${code}, and ${says ?? 'anything'} was expected of\n${text}`);
  }

  #outcome(line: string, input: string | undefined, env: Record<string, string>): Promise<Outcome> {
    if (line.startsWith(PROXY)) return this.#fetched(['proxy', '--port=0'], line.slice(PROXY.length));
    if (line.startsWith(FORWARD)) {
      const [pod = '', path = ''] = words(line.slice(FORWARD.length));
      return this.#fetched(['port-forward', pod, ':8080'], path);
    }
    return this.#kubectl.run(words(line), input, env);
  }

  /** The answer of a kubectl that listens, to a path. */
  async #fetched(args: readonly string[], path: string): Promise<Outcome> {
    const listening = this.#kubectl.start(args);
    let said = '';
    listening.stdout?.on('data', (chunk) => (said += chunk));
    try {
      const port = await eventually(() => {
        const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (!found) throw new Error(said);
        return found;
      });
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { code: answer.ok ? 0 : 1, stdout: await answer.text(), stderr: '' };
    } finally {
      listening.kill();
    }
  }
}
