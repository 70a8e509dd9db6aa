/** `islet login`: makes a deployed service the one that the other commands speak to. */
import { mkdirSync } from 'node:fs';
import { isCancel, password } from '@clack/prompts';
import { Command } from 'commander';
import { Account } from '../local/client.ts';
import { type Service, writeService } from '../local/service-file.ts';
import { fail } from '../local/user-error.ts';
import { stateOption } from './options.ts';

interface Options {
  server: string;
  account: string;
  state: string;
}

export function loginCommand(): Command {
  return new Command('login')
    .description('sign in to a deployed service with its bootstrap secret (asked for, or in $ISLET_SECRET)')
    .requiredOption('--server <url>', 'where it is deployed')
    .option('--account <name>', 'which account', 'default')
    .addOption(stateOption())
    .action(login);
}

async function login({ server, account, state }: Options): Promise<void> {
  const secret = process.env.ISLET_SECRET ?? (await askSecret());
  const address = server.replace(/\/+$/, '');
  const service: Service = { server: address, dashboard: address, secret, account };
  await Account.open(service);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeService(state, service);
  console.log(`signed in to ${address} as ${account}`);
}

async function askSecret(): Promise<string> {
  if (!process.stdin.isTTY) fail('put the bootstrap secret into $ISLET_SECRET');
  const answer = await password({ message: 'Bootstrap secret' });
  return isCancel(answer) ? fail('not signed in') : answer;
}
