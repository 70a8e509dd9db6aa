/**
 * The node's pod network: brought from its present to the desired state, and left alone once there. A network that was
 * configured by other means is left as it is.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { CNI_FILE, cniConfiguration, isCniFile } from './cni.ts';

/** The desired state of the network. */
export interface DesiredNetwork {
  /** The node's range; undefined until the cluster has assigned one. */
  podCIDR: string | undefined;
  /** The range of all nodes: pods reach each other with their own addresses. */
  clusterCIDR: string;
}

export interface NetworkPorts {
  runtime: Pick<Runtime, 'setPodCIDR'>;
  log: Log;
  /** Runs a program; rejects when it fails. */
  run(program: string, args: readonly string[]): Promise<unknown>;
  now(): number;
}

/**
 * Another program may flush the machine's rules (kubelet looks as often, `util/iptables/iptables.go`, Monitor).
 * Milliseconds.
 */
const RULE_CHECK_INTERVAL = 60_000;

export class NetworkManager {
  readonly #ports: NetworkPorts;
  #podCIDR: string | undefined;
  #exempted: readonly string[] | undefined;
  #exemptedAt = 0;

  constructor(ports: NetworkPorts) {
    this.#ports = ports;
  }

  /** The range that is in use; undefined while there is none. */
  get podCIDR(): string | undefined {
    return this.#podCIDR;
  }

  /**
   * `confDir`: the folder where the runtime looks for configurations. Returns whether the network is configured by
   * other means.
   */
  async apply({ podCIDR, clusterCIDR }: DesiredNetwork, confDir: string): Promise<{ foreign: boolean }> {
    await mkdir(confDir, { recursive: true });
    const foreign = (await readdir(confDir)).some((name) => isCniFile(name) && name !== CNI_FILE);
    if (!podCIDR) return { foreign };
    if (!foreign) {
      await this.#exemptFromMasquerading(podCIDR, clusterCIDR);
      await this.#configure(podCIDR, confDir);
    }
    if (podCIDR !== this.#podCIDR) {
      await this.#ports.runtime.setPodCIDR(podCIDR);
      this.#podCIDR = podCIDR;
    }
    return { foreign };
  }

  async #configure(podCIDR: string, confDir: string): Promise<void> {
    const path = join(confDir, CNI_FILE);
    const text = cniConfiguration(podCIDR);
    if ((await readFile(path, 'utf8').catch(() => '')) === text) return;
    await writeFile(path, text);
    this.#ports.log.info(`wrote a pod network for ${podCIDR} into ${confDir}`);
  }

  /** The bridge plugin masquerades pods outside of the node's range, which must not happen within the cluster. */
  async #exemptFromMasquerading(podCIDR: string, clusterCIDR: string): Promise<void> {
    const rule = exemptionRule(podCIDR, clusterCIDR);
    const { run, now } = this.#ports;
    const isSame = this.#exempted?.join() === rule.join();
    // The machine's clock may have been set back.
    if (isSame && Math.abs(now() - this.#exemptedAt) < RULE_CHECK_INTERVAL) return;
    if (this.#exempted && !isSame) await run('iptables', [...NAT, '-D', ...this.#exempted]);
    await run('iptables', [...NAT, '-C', ...rule]).catch(() => run('iptables', [...NAT, '-I', ...rule]));
    this.#exempted = rule;
    this.#exemptedAt = now();
  }
}

const NAT = ['--wait', '--table', 'nat'];

function exemptionRule(podCIDR: string, clusterCIDR: string): string[] {
  const comment = ['-m', 'comment', '--comment', 'islet: pod to pod'];
  return ['POSTROUTING', '-s', podCIDR, '-d', clusterCIDR, ...comment, '-j', 'ACCEPT'];
}
