/** `islet clusters offer|accept`: a cluster moves to another account. */
import type { Command } from 'commander';
import type { ClusterSummary } from '../../wire/rpc.ts';
import { Account, call } from '../local/client.ts';
import { readService } from '../local/service-file.ts';
import { withContext } from '../local/with-context.ts';
import { kubeconfigOption, stateOption } from './options.ts';

export function addMoveCommands(clusters: Command): void {
  clusters
    .command('offer <name>')
    .description('print a code with which another account takes the cluster over, once, within an hour')
    .addOption(stateOption())
    .action(offer);
  clusters
    .command('accept <code>')
    .description('take over a cluster that another account offers, with a kubeconfig context of its own')
    .addOption(stateOption())
    .addOption(kubeconfigOption('the one that `islet up` wrote to'))
    .action(accept);
}

async function offer(name: string, { state }: { state: string }): Promise<void> {
  const service = readService(state);
  const path = `/islet/v1/clusters/${encodeURIComponent(name)}/offer`;
  const { code } = await call<{ code: string }>(Account.of(service).at(service.server), 'POST', path);
  console.log(code);
}

async function accept(code: string, { state, kubeconfig }: { state: string; kubeconfig?: string }): Promise<void> {
  const service = readService(state);
  const account = Account.of(service);
  let name = '';
  const context = await withContext(service, kubeconfig, async () => {
    const taken = await call<ClusterSummary>(account.at(service.server), 'POST', '/islet/v1/offers/accept', { code });
    name = taken.name;
    return account.token(name);
  });
  console.log(`cluster ${name} is yours now: ${context}`);
}
