/** `islet kubeconfig`: a kubeconfig of one cluster, on standard output. */
import { Command } from 'commander';
import { kubeconfigText } from '../local/kubeconfig.ts';
import { clusterOption, openCluster, stateOption } from './options.ts';

export function kubeconfigCommand(): Command {
  return new Command('kubeconfig')
    .description('print a kubeconfig of a cluster, with a token of its own (`islet token revoke` takes it back)')
    .addOption(clusterOption())
    .addOption(stateOption())
    .action(async (options: { cluster?: string; state: string }) => {
      const { endpoint, service, account, cluster } = await openCluster(options.state, options.cluster);
      const { token } = await account.token(cluster.name);
      process.stdout.write(
        kubeconfigText({ name: `islet-${cluster.name}`, server: endpoint.server, token, ca: service.ca }),
      );
    });
}
