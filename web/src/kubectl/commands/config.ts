/** `kubectl config`: one context, of which the namespace can be set. */
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, PlainError } from '../errors.ts';
import { bool, string } from '../flags/define.ts';
import { jsonOf } from '../print/json.ts';
import { TABLE, tabulate } from '../print/tabwriter.ts';
import { yamlOf } from '../print/yaml.ts';

const view: Command = {
  name: 'view',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  completes: 'nothing',
  flags: [
    bool('minify', 'Remove all information not used by current-context from the output'),
    string('output', 'Output format. One of: (json, yaml).', {
      short: 'o',
      byDefault: 'yaml',
      choices: ['json', 'yaml'],
    }),
  ],
  run: async (context) => {
    const { context: name, cluster, user, server, namespace } = context.world.config;
    const config = {
      apiVersion: 'v1',
      clusters: [{ cluster: { server }, name: cluster }],
      contexts: [{ context: { cluster, ...(namespace !== '' && { namespace }), user }, name }],
      'current-context': name,
      kind: 'Config',
      users: [{ name: user, user: {} }],
    };
    const output = context.flags.string('output');
    if (output !== 'yaml' && output !== 'json') {
      throw new CommandError(
        `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: json,yaml`,
      );
    }
    context.out(output === 'json' ? `${jsonOf(config)}\n` : yamlOf(config));
  },
};

const getContexts: Command = {
  name: 'get-contexts',
  short: 'Describe one or many contexts',
  completes: 'nothing',
  flags: [
    string('output', 'Output format. One of: (name).', { short: 'o', choices: ['name'] }),
    bool(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
  ],
  run: async (context) => {
    const { context: name, cluster, user, namespace } = context.world.config;
    const other = context.args.find((each) => each !== name);
    if (other !== undefined) throw new CommandError(`context ${other} not found`);
    if (context.flags.string('output') === 'name') {
      context.out(`${name}\n`);
      return;
    }
    const rows = [['*', name, cluster, user, namespace]];
    if (!context.flags.bool('no-headers')) rows.unshift(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']);
    context.out(tabulate(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE));
  },
};

const setContext: Command = {
  name: 'set-context',
  short: 'Set a context entry in kubeconfig',
  examples: 'kubectl config set-context --current --namespace=shop',
  args: '[NAME | --current] [--namespace=namespace]',
  completes: 'nothing',
  flags: [bool('current', 'Modify the current context')],
  run: async (context) => {
    const { flags, args, world } = context;
    const isCurrent = flags.bool('current');
    if (args.length > 1 || (args.length === 1 && isCurrent) || (args.length === 0 && !isCurrent)) {
      throw context.usage(`Unexpected args: [${args.join(' ')}]`);
    }
    const [name = world.config.context] = args;
    if (name !== world.config.context) {
      throw new CommandError(
        `there is one context here, ${world.config.context}; other clusters have a page of their own`,
      );
    }
    if (flags.changed('namespace')) world.config.namespace = flags.string('namespace');
    context.out(`Context "${name}" modified.\n`);
  },
};

const useContext: Command = {
  name: 'use-context',
  aliases: ['use'],
  short: 'Set the current-context in a kubeconfig file',
  args: 'CONTEXT_NAME',
  completes: 'nothing',
  run: async (context) => {
    const [name, ...more] = context.args;
    if (name === undefined || more.length > 0) throw context.usage(`Unexpected args: [${context.args.join(' ')}]`);
    if (name !== context.world.config.context)
      throw new PlainError(`error: no context exists with the name: ${JSON.stringify(name)}`);
    context.out(`Switched to context ${JSON.stringify(name)}.\n`);
  },
};

function one(name: string, short: string, text: (context: Context) => string): Command {
  return { name, short, completes: 'nothing', run: async (context) => context.out(text(context)) };
}

export const config: Command = {
  name: 'config',
  section: 'Other Commands',
  short: 'Modify kubeconfig files',
  commands: [
    one('current-context', 'Display the current-context', ({ world }) => `${world.config.context}\n`),
    one('get-clusters', 'Display clusters defined in the kubeconfig', ({ world }) => `NAME\n${world.config.cluster}\n`),
    getContexts,
    one('get-users', 'Display users defined in the kubeconfig', ({ world }) => `NAME\n${world.config.user}\n`),
    setContext,
    useContext,
    view,
  ],
};
