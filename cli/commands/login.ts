/** `islet login`: makes a deployed service the one that the other commands speak to. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCancel, password, spinner } from '@clack/prompts';
import { Command, Option } from 'commander';
import { claimsOf } from '../../agent/api/claims.ts';
import { Account } from '../local/client.ts';
import { type DeviceToken, deviceLogin } from '../local/device-login.ts';
import { extraAuthority } from '../local/extra-authority.ts';
import { openBrowser } from '../local/open-browser.ts';
import { serviceAt, writeService } from '../local/service-file.ts';
import { makeWritable } from '../local/state.ts';
import { fail } from '../local/user-error.ts';
import { address, duration, stateOption } from './options.ts';

interface Options {
  server: string;
  account?: string;
  reset?: boolean;
  secret?: boolean;
  browser: boolean;
  label?: string;
  cluster?: string;
  readOnly?: boolean;
  ttl?: number;
  state: string;
}

export function loginCommand(): Command {
  return new Command('login')
    .description(
      'sign in to a deployed service: in the browser; or with a token of an account in $ISLET_SECRET; or open an account ' +
        'there with the bootstrap secret (in $ISLET_SECRET, or --secret asks for it). Only a token of the account is kept',
    )
    .requiredOption('--server <url>', 'where it is deployed', address)
    .option('--no-browser', 'only print the address: it may be opened on another machine')
    .option('--label <text>', "how the account's list of tokens names this one (default: this machine)")
    .option('--cluster <name>', 'ask for a token that opens this cluster alone')
    .option('--read-only', 'ask for a token that sees, and changes nothing')
    .addOption(new Option('--ttl <time>', 'how long it can be used (default: 90d)').argParser(duration))
    .option('--secret', 'ask for a token or the bootstrap secret here in the terminal')
    .option('--account <name>', 'which account the bootstrap secret opens (default: default)')
    .option('--reset', 'open an account anew that is open already: all its tokens and sessions are revoked')
    .addOption(stateOption())
    .action(login);
}

async function login(options: Options): Promise<void> {
  const { server, account = 'default', reset, state } = options;
  // A token that is issued once must find its place.
  makeWritable(state);
  const narrows = options.cluster !== undefined || options.readOnly || options.ttl !== undefined;
  const kept = () => (reset || narrows ? undefined : keptToken(state, server, options.account));
  const byHand = options.secret || reset || options.account !== undefined;
  const secret = process.env.ISLET_SECRET || (await kept()) || (byHand ? await askSecret() : undefined);
  const { token, account: name } =
    secret === undefined ? await inBrowser(options) : await withSecret(server, secret, account, reset);
  const ca = await extraAuthority(server);
  writeService(state, { server, dashboard: server, account: name, token, ...(ca && { ca }) });
  console.log(`signed in to ${server} as ${name}`);
}

/** With the bootstrap secret, or a token of an account. */
async function withSecret(server: string, secret: string, account: string, reset?: boolean): Promise<DeviceToken> {
  const { use, account: own } = claimsOf(secret);
  if (use !== 'account' || own === undefined) {
    const opened = await Account.open({ server, secret, account, reset });
    return { token: opened.accountToken, account };
  }
  await Account.of({ server, token: secret }).list();
  return { token: secret, account: own };
}

async function inBrowser({ server, label, browser, cluster, readOnly, ttl }: Options): Promise<DeviceToken> {
  const waiting = process.stdout.isTTY ? spinner() : undefined;
  const client = label ?? `islet on ${hostname()}`.slice(0, 100);
  try {
    return await deviceLogin(
      { server },
      { client, cluster, readOnly, ttlSeconds: ttl },
      {
        now: Date.now,
        sleep,
        async show({ complete, code }) {
          const isOpen = browser && (await openBrowser(complete));
          console.log(isOpen ? 'Your browser opens this page:' : 'Open this page in a browser, here or elsewhere:');
          console.log(`\n  ${complete}\n\nApprove it there, if it shows this code:\n\n  ${code}\n`);
          waiting?.start('waiting for your approval');
        },
      },
    );
  } finally {
    waiting?.stop();
  }
}

/** The token of an earlier sign-in there, where it is still good. `account`: which it must be of, where that was asked. */
async function keptToken(state: string, server: string, account: string | undefined): Promise<string | undefined> {
  const kept = serviceAt(state, server);
  if (!kept?.token || (account !== undefined && kept.account !== account)) return undefined;
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
