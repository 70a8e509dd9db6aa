/** Options that several commands share, and the readers of their values. */
import { InvalidArgumentError, Option } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import type { ClusterSummary } from '../../wire/rpc.ts';
import { Account, type Endpoint } from '../local/client.ts';
import { currentTarget } from '../local/kubeconfig.ts';
import { defaultStateFolder } from '../local/paths.ts';
import { readService, type Service } from '../local/service-file.ts';
import { fail, UserError } from '../local/user-error.ts';

export const stateOption = (): Option =>
  new Option('--state <dir>', 'where state is kept')
    .env('ISLET_STATE')
    .argParser((text) => text || defaultStateFolder())
    .default(defaultStateFolder(), '~/.islet');
/** `otherwise`: the file where $KUBECONFIG is not set. */
export const kubeconfigOption = (otherwise = '~/.kube/config'): Option =>
  new Option('--kubeconfig <file>', `the kubeconfig to change (default: $KUBECONFIG, else ${otherwise})`);
export const clusterOption = (): Option =>
  new Option('--cluster <name>', "which cluster (default: that of kubectl's current context, else `default`)");

export const namespaceOption = (): Option =>
  new Option('-n, --namespace <name>', "the namespace (default: that of kubectl's current context, else `default`)");

/** `http://` or `https://` */
export function address(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('expected an address like https://islet.example.com.');
  }
  return text.replace(/\/+$/, '');
}

export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `15m`, `24h`, `7d` → seconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS[unit ?? ''] ?? 0);
  if (!seconds) throw new InvalidArgumentError('expected a time like 90s, 15m, 24h or 7d.');
  return seconds;
}

export interface ClusterAccess {
  service: Service;
  account: Account;
  cluster: ClusterSummary;
  /** That which was named; else that of kubectl's current context, where this is its cluster. */
  namespace: string;
  /** The cluster's API, as the account that owns it. */
  endpoint: Endpoint;
}

/** A cluster of the service that the state folder knows. No token of the cluster is made for it. */
export async function openCluster(state: string, name: string | undefined, namespace?: string): Promise<ClusterAccess> {
  const service = readService(state);
  const account = Account.of(service);
  const serverOf = ({ id }: ClusterSummary): string => `${service.server}/clusters/${id}`;
  const clusters = await account.list();
  const current = currentTarget(process.env);
  const wanted = name ?? clusters.find((each) => serverOf(each) === current.server)?.name ?? 'default';
  const cluster = clusters.find((each) => each.name === wanted);
  if (!cluster) fail(`there is no cluster ${wanted}: \`islet clusters list\` shows those there are`);
  const server = serverOf(cluster);
  const usual = (server === current.server ? current.namespace : undefined) ?? 'default';
  return { service, account, cluster, namespace: namespace || usual, endpoint: account.at(server) };
}

/** Revokes tokens by their ids, or by themselves. One that cannot be revoked does not keep the others from it. */
export async function revokeEach(given: readonly string[], revoke: (id: string) => Promise<string>): Promise<void> {
  for (const each of given) {
    try {
      console.log(await revoke(claimsOf(each).jti ?? each));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(`islet: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
