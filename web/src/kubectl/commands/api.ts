/** `kubectl api-resources`, `api-versions`, `cluster-info` and `version` */
import type { Service } from '../../../../kube/types.ts';
import { apiVersionOf, type Mapping } from '../api/discovery.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { bool, slice, string } from '../flags/define.ts';
import { jsonOf } from '../print/json.ts';
import { TABLE, tabulate } from '../print/tabwriter.ts';
import { yamlOf } from '../print/yaml.ts';

export const apiResources: Command = {
  name: 'api-resources',
  section: 'Other Commands',
  short: 'Print the supported API resources on the server',
  examples: 'kubectl api-resources --namespaced=false -o wide',
  completes: 'nothing',
  flags: [
    string('output', 'Output format. One of: (wide, name).', { short: 'o', choices: ['wide', 'name'] }),
    bool(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    string('api-group', 'Limit to resources in the specified API group.'),
    bool(
      'namespaced',
      'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
      { byDefault: 'true' },
    ),
    slice('verbs', 'Limit to resources that support the specified verbs.'),
    slice('categories', 'Limit to resources that belong to the specified categories.'),
    string(
      'sort-by',
      "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
      { choices: ['name', 'kind'] },
    ),
  ],
  run: runResources,
};

async function runResources(context: Context): Promise<void> {
  const { flags, args } = context;
  if (args.length > 0) throw context.usage(`unexpected arguments: [${args.join(' ')}]`);
  const [output, sortBy] = [flags.string('output'), flags.string('sort-by')];
  if (!['', 'name', 'kind'].includes(sortBy)) throw new CommandError('--sort-by accepts only name or kind');
  if (!['', 'wide', 'name'].includes(output)) {
    throw new CommandError(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,kyaml,name,wide,yaml`,
    );
  }
  const [verbs, categories] = [flags.list('verbs'), flags.list('categories')];
  const key = (mapping: Mapping): string =>
    sortBy === 'name' ? mapping.resource : sortBy === 'kind' ? mapping.kind : mapping.group;
  const all = (await context.discovery.preferred())
    .filter(
      (mapping) =>
        mapping.verbs.length > 0 &&
        (!flags.changed('api-group') || mapping.group === flags.string('api-group')) &&
        (!flags.changed('namespaced') || mapping.namespaced === flags.bool('namespaced')) &&
        verbs.every((verb) => mapping.verbs.includes(verb)) &&
        categories.every((category) => mapping.categories.includes(category)),
    )
    .sort((a, b) => compare(key(a), key(b)) || compare(a.resource, b.resource));
  if (output === 'name') {
    context.out(all.map(({ resource, group }) => `${group === '' ? resource : `${resource}.${group}`}\n`).join(''));
    return;
  }
  const isWide = output === 'wide';
  const heads = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(isWide ? ['VERBS', 'CATEGORIES'] : [])];
  const rows = all.map((mapping) => [
    mapping.resource,
    mapping.shortNames.join(','),
    apiVersionOf(mapping),
    String(mapping.namespaced),
    mapping.kind,
    ...(isWide ? [mapping.verbs.join(','), mapping.categories.join(',')] : []),
  ]);
  if (!flags.bool('no-headers')) rows.unshift(heads);
  context.out(tabulate(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const apiVersions: Command = {
  name: 'api-versions',
  section: 'Other Commands',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  completes: 'nothing',
  run: async (context) => {
    const versions = new Set((await context.discovery.all()).map(apiVersionOf));
    context.out(
      [...versions]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    );
  },
};

export const clusterInfo: Command = {
  name: 'cluster-info',
  section: 'Cluster Management Commands',
  short: 'Display cluster information',
  completes: 'nothing',
  run: async (context) => {
    const { server } = context.world.config;
    const { items } = await context.client.get<{ items: Service[] }>('/api/v1/namespaces/kube-system/services', {
      labelSelector: 'kubernetes.io/cluster-service=true',
    });
    const bold = (code: string, text: string): string => (context.io.tty ? `\x1b[${code}m${text}\x1b[0m` : text);
    context.out(`${bold('0;32', 'Kubernetes control plane')} is running at ${bold('0;33', server)}\n`);
    for (const { metadata, spec } of items) {
      const [port] = spec?.ports ?? [];
      const name = port
        ? `${port.name === 'https' || port.port === 443 ? 'https:' : ''}${metadata.name}:${port.name ?? ''}`
        : metadata.name;
      const link = `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`;
      context.out(
        `${bold('0;32', metadata.labels?.['kubernetes.io/name'] ?? metadata.name ?? '')} is running at ${bold('0;33', link)}\n`,
      );
    }
    context.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  },
};

/** The kubectl whose words these are. */
const CLIENT = { major: '1', minor: '36', gitVersion: 'v1.36.3', platform: 'web' };
const KUSTOMIZE = 'v5.8.1';

export const version: Command = {
  name: 'version',
  section: 'Other Commands',
  short: 'Print the client and server version information',
  completes: 'nothing',
  flags: [
    bool('client', 'If true, shows client version only (no server required).'),
    string('output', "One of 'yaml' or 'json'.", { short: 'o', choices: ['yaml', 'json'] }),
  ],
  run: async (context) => {
    const { flags, args } = context;
    if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(' ')}]`);
    const output = flags.string('output');
    if (!['', 'yaml', 'json'].includes(output)) throw new CommandError(`--output must be 'yaml' or 'json'`);
    const server = flags.bool('client') ? undefined : await context.client.get<{ gitVersion: string }>('/version');
    if (output !== '') {
      const all = { clientVersion: CLIENT, ...(server && { serverVersion: server }) };
      context.out(`${output === 'yaml' ? yamlOf(all) : jsonOf(all)}\n`);
      return;
    }
    context.out(`Client Version: ${CLIENT.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (server) context.out(`Server Version: ${server.gitVersion}\n`);
  },
};
