/** `islet dashboard`: an address that signs a browser in, once. */
import { Command } from 'commander';
import { Account } from '../local/client.ts';
import { readService } from '../local/service-file.ts';
import { stateOption } from './options.ts';

export function dashboardCommand(): Command {
  return new Command('dashboard')
    .description('print an address of the dashboard that signs in the first browser that opens it')
    .addOption(stateOption())
    .action(async ({ state }: { state: string }) => {
      const service = readService(state);
      const code = await Account.of(service).dashboardCode();
      console.log(`${service.dashboard}/?code=${code}`);
    });
}
