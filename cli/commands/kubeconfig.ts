/** `islet kubeconfig`: a kubeconfig of one cluster, on standard output. */
import { Command } from 'commander';
import { kubeconfigText } from '../local/kubeconfig.ts';
import { clusterOption, openCluster, stateOption } from './options.ts';

export function kubeconfigCommand(): Command {
  return new Command('kubeconfig')
    .description('print a kubeconfig of a cluster, with a token of its own (`islet token revoke` takes it back)')
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(async ({ cluster, state }: { cluster: string; state: string }) => {
      const { endpoint, service, account } = await openCluster(state, cluster);
      const { token } = await account.token(cluster);
      process.stdout.write(
        kubeconfigText({ name: `islet-${cluster}`, server: endpoint.server, token, ca: service.ca }),
      );
    });
}
