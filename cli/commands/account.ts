/** `islet account token|list|revoke`: the credentials of the account that this machine is signed in as. */
import { Command, Option } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import type { AccountCredential } from '../../wire/account-rpc.ts';
import { Account } from '../local/client.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { readService } from '../local/service-file.ts';
import { duration, revokeEach, stateOption } from './options.ts';

interface Options {
  state: string;
}

interface TokenOptions extends Options {
  label?: string;
  cluster?: string;
  readOnly?: boolean;
  ttl?: number;
}

export function accountCommand(): Command {
  const command = new Command('account').description('make, list and revoke the tokens of the account');
  command
    .command('token')
    .description(
      'print another token of the account, for `islet login` elsewhere or for a program; it is shown this once, and ends with the one that is used here',
    )
    .option('--label <text>', 'what it is for, as `islet account list` shows it')
    .option('--cluster <name>', 'let it open this cluster alone')
    .option('--read-only', 'let it see, and change nothing')
    .addOption(new Option('--ttl <time>', 'how long it can be used (default: as long as this one)').argParser(duration))
    .addOption(stateOption())
    .action(async ({ state, ttl: ttlSeconds, label, cluster, readOnly }: TokenOptions) => {
      console.log(await accountIn(state).createToken({ ttlSeconds, label, cluster, readOnly }));
    });
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
  const account = accountIn(state);
  const [items, clusters] = await Promise.all([account.credentials(), account.list()]);
  const names = new Map(clusters.map(({ id, name }) => [id, name]));
  const text = listingText(output, {
    items,
    nameOf: ({ id }) => id,
    head: ['ID', 'KIND', 'LABEL', 'FOR', 'CAME BY', 'CREATED', 'EXPIRES', 'LAST USED'],
    row: (credential) => {
      const { id, kind, label, created, expires, used } = credential;
      const shown = id === own ? `${kind} (this one)` : kind;
      return [
        id,
        shown,
        label ?? '-',
        scopeText(credential, names),
        wayText(credential),
        created,
        expires,
        used ?? '-',
      ];
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

function scopeText({ scope }: AccountCredential, names: ReadonlyMap<string, string>): string {
  const what = scope?.cluster === undefined ? 'account' : `cluster ${names.get(scope.cluster) ?? scope.cluster}`;
  return scope?.readOnly ? `${what}, read-only` : what;
}

/** The sign-in, or the credential that it ends with. */
function wayText({ by, issuer }: AccountCredential): string {
  if (issuer !== undefined) return `${by} of ${issuer}`;
  return by === 'bootstrap' ? 'bootstrap secret' : by;
}
