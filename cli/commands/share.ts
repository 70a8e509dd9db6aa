/** `islet share link|links|revoke|members|role|remove`: the people that a cluster is shared with. */
import { Argument, Command, Option } from 'commander';
import { type LinkKind, type LinkUse, type Member, ROLES, type Role, type ShareLink } from '../../wire/sharing.ts';
import { call } from '../local/client.ts';
import { listingText, type OutputFormat, outputOption } from '../local/listing.ts';
import { clusterOption, duration, openCluster, revokeEach, stateOption, wholeNumber } from './options.ts';

interface Options {
  state: string;
  cluster?: string;
}

const LINKS = '/islet/v1/links';
const MEMBERS = '/islet/v1/members';

export function shareCommand(): Command {
  const command = new Command('share').description('share a cluster by links, and change or remove those who came');
  const add = (name: string, text: string): Command =>
    command.command(name).description(text).addOption(clusterOption()).addOption(stateOption());
  add('link', 'print the address of a link, which is shown once: people who open it are members of the cluster')
    .addOption(
      new Option('--role <role>', 'what they may do; copy: each has a copy of the cluster')
        .choices([...ROLES, 'copy'])
        .default('view'),
    )
    .addOption(new Option('--ttl <time>', 'how long it can be used').argParser(duration).default(duration('7d'), '7d'))
    .option('--uses <n>', 'how many people can use it (default: no limit)', wholeNumber(1, 1000))
    .option('--label <text>', 'a name that you know it by', '')
    .action(link);
  add('links', 'list the links of a cluster, and who came by them').addOption(outputOption()).action(links);
  add('revoke <id...>', 'make links worthless at once')
    .option('--members', 'those who came by them are members no longer')
    .action(revoke);
  add('members', 'list the people that a cluster is shared with').addOption(outputOption()).action(members);
  add('role', 'give a member another role, at once')
    .argument('<account>', 'as `islet share members` shows it')
    .addArgument(new Argument('<role>').choices(ROLES))
    .action(changeRole);
  add('remove <account...>', 'remove members: what they have open ends, and the link that they came by').action(remove);
  return command;
}

async function link(options: Options & { role: LinkKind; ttl: number; uses?: number; label: string }): Promise<void> {
  const { endpoint, service, cluster } = await openCluster(options.state, options.cluster);
  const { role: given, ttl: ttlSeconds, uses: maxUses, label } = options;
  const body = { role: given, ttlSeconds, label, ...(maxUses === undefined ? {} : { maxUses }) };
  const made = await call<ShareLink & { token: string }>(endpoint, 'POST', LINKS, body);
  console.log(`${service.dashboard}/#link=${made.token}`);
  // Beside the address, so that it can be piped on.
  console.error(
    `people who open it may ${MAY[given]} cluster ${cluster.name}, until ${made.expires}; ` +
      `\`islet share revoke ${made.id}\` takes it back`,
  );
}

const MAY: Readonly<Record<LinkKind, string>> = {
  view: 'look at',
  edit: 'change what runs in',
  admin: 'do all in',
  copy: 'have a copy of',
};

async function links(options: Options & { output: OutputFormat }): Promise<void> {
  const { endpoint } = await openCluster(options.state, options.cluster);
  const { items } = await call<{ items: (ShareLink & { usedBy: LinkUse[] })[] }>(endpoint, 'GET', LINKS);
  const text = listingText(options.output, {
    items,
    nameOf: ({ id }) => id,
    head: ['ID', 'ROLE', 'LABEL', 'BY', 'USED', 'EXPIRES', 'USED BY'],
    row: ({ id, role: given, label, by, uses, maxUses, expires, usedBy }) => [
      id,
      given,
      label || '-',
      by || 'the owner',
      maxUses === undefined ? String(uses) : `${uses}/${maxUses}`,
      expires,
      usedBy.map(useText).join(', ') || '-',
    ],
    empty: 'no links: `islet share link` makes one',
  });
  if (text !== '') console.log(text);
}

/** `Ann (3/5)`: three of five steps are done. */
function useText({ account, name, progress }: LinkUse): string {
  return `${name || account}${progress ? ` (${progress.done}/${progress.steps})` : ''}`;
}

async function revoke(ids: string[], options: Options & { members?: true }): Promise<void> {
  const { endpoint, cluster } = await openCluster(options.state, options.cluster);
  const missing = `\`islet share links --cluster ${cluster.name}\` shows those there are`;
  await revokeEach(ids, async (id) => {
    const path = `${LINKS}/${encodeURIComponent(id)}${options.members ? '?members=true' : ''}`;
    const { role: given } = await call<ShareLink>(endpoint, 'DELETE', path, undefined, { missing });
    return `${given} link ${id} revoked${options.members ? ', with those who came by it' : ''}`;
  });
}

async function members(options: Options & { output: OutputFormat }): Promise<void> {
  const { endpoint } = await openCluster(options.state, options.cluster);
  const { items } = await call<{ items: Member[] }>(endpoint, 'GET', MEMBERS);
  const text = listingText(options.output, {
    items,
    nameOf: ({ account }) => account,
    head: ['ACCOUNT', 'NAME', 'ROLE', 'JOINED', 'LINK'],
    row: ({ account, name, role: given, joined, link: by }) => [account, name || '-', given, joined, by],
    empty: 'no members: `islet share link` makes a link for people to come by',
  });
  if (text !== '') console.log(text);
}

async function changeRole(account: string, given: Role, options: Options): Promise<void> {
  const { endpoint, missing } = await openMembers(options);
  const path = `${MEMBERS}/${encodeURIComponent(account)}`;
  await call<Member>(endpoint, 'PUT', path, { role: given }, { missing });
  console.log(`${account} has the role ${given}`);
}

async function remove(accounts: string[], options: Options): Promise<void> {
  const { endpoint, missing } = await openMembers(options);
  await revokeEach(accounts, async (account) => {
    const path = `${MEMBERS}/${encodeURIComponent(account)}`;
    const removed = await call<Member>(endpoint, 'DELETE', path, undefined, { missing });
    return `${account} removed; the link ${removed.link} may still lead others here`;
  });
}

async function openMembers({ state, cluster: name }: Options) {
  const { endpoint, cluster } = await openCluster(state, name);
  return { endpoint, missing: `\`islet share members --cluster ${cluster.name}\` shows those there are` };
}
