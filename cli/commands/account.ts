/** `islet account token|list|revoke`: the credentials of the account that this machine is signed in as. */
import { Command, Option } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import { Account } from '../local/client.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { readService } from '../local/service-file.ts';
import { duration, revokeEach, stateOption } from './options.ts';

interface Options {
  state: string;
  ttl?: number;
}

export function accountCommand(): Command {
  const command = new Command('account').description('make, list and revoke the tokens of the account');
  command
    .command('token')
    .description(
      'print another token of the account, for `islet login` elsewhere; it ends with the one that is used here',
    )
    .addOption(new Option('--ttl <time>', 'how long it can be used (default: as long as this one)').argParser(duration))
    .addOption(stateOption())
    .action(async ({ state, ttl }: Options) => console.log(await accountIn(state).createToken(ttl)));
  command
    .command('list')
    .alias('ls')
    .description("list the account's tokens, and the sessions of its dashboards")
    .addOption(outputOption())
    .addOption(stateOption())
    .action(list);
  command
    .command('revoke <id...>')
    .description('make them worthless at once, with all that was issued with them, and close what they opened')
    .addOption(stateOption())
    .action(revoke);
  return command;
}

function accountIn(state: string): Account {
  return Account.of(readService(state));
}

async function list({ state, output }: Options & { output: OutputFormat }): Promise<void> {
  const { token } = readService(state);
  const own = claimsOf(token).jti;
  const text = listingText(output, {
    items: await accountIn(state).credentials(),
    nameOf: ({ id }) => id,
    head: ['ID', 'KIND', 'ISSUED WITH', 'CREATED', 'EXPIRES'],
    row: ({ id, kind, created, expires, issuer }) => {
      return [id, id === own ? `${kind} (this one)` : kind, issuer ?? 'bootstrap secret', created, expires];
    },
    empty: 'no tokens: `islet login` makes one',
  });
  if (text !== '') console.log(text);
}

async function revoke(given: string[], { state }: Options): Promise<void> {
  const account = accountIn(state);
  await revokeEach(given, async (each) => {
    const { id, kind } = await account.revoke(each);
    return `${kind} ${id} revoked`;
  });
}
