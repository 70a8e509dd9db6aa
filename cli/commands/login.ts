/** `islet login`: makes a deployed service the one that the other commands speak to. */
import { isCancel, password } from '@clack/prompts';
import { Command } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import { Account } from '../local/client.ts';
import { extraAuthority } from '../local/extra-authority.ts';
import { serviceAt, writeService } from '../local/service-file.ts';
import { makeWritable } from '../local/state.ts';
import { fail } from '../local/user-error.ts';
import { address, stateOption } from './options.ts';

interface Options {
  server: string;
  account: string;
  reset?: boolean;
  state: string;
}

export function loginCommand(): Command {
  return new Command('login')
    .description(
      'sign in to a deployed service with a token of an account, or open an account there with the bootstrap secret ' +
        '(either is asked for, or in $ISLET_SECRET); only the token of the account is kept',
    )
    .requiredOption('--server <url>', 'where it is deployed', address)
    .option('--account <name>', 'which account the bootstrap secret opens', 'default')
    .option('--reset', 'open an account anew that is open already: all its tokens and sessions are revoked')
    .addOption(stateOption())
    .action(login);
}

async function login({ server, account, reset, state }: Options): Promise<void> {
  // A token that is issued once must find its place.
  makeWritable(state);
  const kept = () => (reset ? undefined : keptToken(state, server, account));
  const secret = process.env.ISLET_SECRET ?? (await kept()) ?? (await askSecret());
  const { use, account: own } = claimsOf(secret);
  const isToken = use === 'account' && own !== undefined;
  const opened = isToken
    ? Account.of({ server, token: secret })
    : await Account.open({ server, secret, account, reset });
  if (isToken) await opened.list();
  const name = isToken ? own : account;
  const ca = await extraAuthority(server);
  writeService(state, { server, dashboard: server, account: name, token: opened.accountToken, ...(ca && { ca }) });
  console.log(`signed in to ${server} as ${name}`);
}

/** The token of an earlier sign-in there, where it is still good. */
async function keptToken(state: string, server: string, account: string): Promise<string | undefined> {
  const kept = serviceAt(state, server);
  if (!kept?.token || kept.account !== account) return undefined;
  return Account.of(kept)
    .list()
    .then(
      () => kept.token,
      () => undefined,
    );
}

async function askSecret(): Promise<string> {
  if (!process.stdin.isTTY) fail('put a token of an account, or the bootstrap secret, into $ISLET_SECRET');
  const answer = await password({ message: 'Token of an account, or bootstrap secret' });
  return isCancel(answer) ? fail('not signed in') : answer;
}
