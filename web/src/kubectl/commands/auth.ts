/** `kubectl auth can-i` and `kubectl auth whoami` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { compactRules, type Rule, resourceText } from '../describe/rbac.ts';
import { CommandError } from '../errors.ts';
import { bool, string } from '../flags/define.ts';
import { goText } from '../print/jsonpath/evaluate.ts';
import { outputFlags, printerFor } from '../print/printer.ts';
import { TABLE, tabulate } from '../print/tabwriter.ts';
import { ALL_NAMESPACES } from '../resources/changes.ts';
import { RESOURCE_VERBS } from '../resources/verbs.ts';

const KNOWN_VERBS = [...RESOURCE_VERBS, '*'];
const URL_VERBS = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*'];
const SPECIAL = ['users', 'groups'];

const canI: Command = {
  name: 'can-i',
  short: 'Check whether an action is allowed',
  examples: `
# May pods be created here?
kubectl auth can-i create pods

# And by another person?
kubectl auth can-i list secrets --as=jane

# Everything that is allowed
kubectl auth can-i --list`,
  args: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  completes: KNOWN_VERBS,
  flags: [
    ALL_NAMESPACES,
    bool('quiet', 'If true, suppress output and just return the exit code.', { short: 'q' }),
    string('subresource', 'SubResource such as pod/log or deployment/scale'),
    bool('list', 'If true, prints all allowed actions.'),
    bool('no-headers', 'If true, prints allowed actions without headers'),
  ],
  run: async (context) => {
    const { flags, args } = context;
    if (!flags.bool('list')) return check(context);
    if (args.length > 0) throw new CommandError('list option must be specified with no arguments');
    if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource') !== '') {
      throw new CommandError(
        "list option can't be specified with neither quiet, all-namespaces nor subresource options",
      );
    }
    await list(context);
    return 0;
  },
};

interface Review extends KubeObject {
  status: {
    allowed?: boolean;
    reason?: string;
    evaluationError?: string;
    resourceRules?: Rule[];
    nonResourceRules?: Rule[];
    incomplete?: boolean;
  };
}

async function check(context: Context): Promise<number> {
  const { flags, args } = context;
  const [verb = '', target = ''] = args;
  if (args.length !== 2) {
    throw new CommandError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const namespace = flags.bool('all-namespaces') ? '' : context.namespace;
  const spec = target.startsWith('/')
    ? urlAttributes(context, verb, target)
    : await resourceAttributes(context, verb, target, namespace);
  if (flags.bool('no-headers')) throw new CommandError('--no-headers cannot be set without --list specified');
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
  const answer = (await context.client.create(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body,
  )) as Review;
  const { allowed = false, reason = '', evaluationError = '' } = answer.status;
  const why = [reason, evaluationError]
    .filter(Boolean)
    .map((text) => ` - ${text}`)
    .join('');
  if (!flags.bool('quiet')) context.out(allowed ? 'yes\n' : `no${why}\n`);
  return allowed ? 0 : 1;
}

function urlAttributes(context: Context, verb: string, path: string): object {
  if (context.flags.string('subresource') !== '')
    throw new CommandError('--subresource can not be used with NonResourceURL');
  if (!URL_VERBS.includes(verb)) context.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  return { nonResourceAttributes: { path, verb } };
}

async function resourceAttributes(context: Context, verb: string, target: string, namespace: string): Promise<object> {
  const [type = '', ...name] = target.split('/');
  let found = { group: '', resource: type };
  if (type !== '*') {
    try {
      const mapping = await context.discovery.find(type);
      found = { group: mapping.group, resource: mapping.resource };
      if (!mapping.namespaced && !context.flags.bool('all-namespaces')) {
        const where = mapping.group === '' ? '' : ` in group '${mapping.group}'`;
        context.err(`Warning: resource '${mapping.resource}' is not namespace scoped${where}\n\n`);
      }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const [resource = '', ...group] = type.split('.');
      const where = group.length === 0 ? '' : ` in group '${group.join('.')}'`;
      if (!SPECIAL.includes(type))
        context.err(`Warning: the server doesn't have a resource type '${resource}'${where}\n\n`);
    }
  }
  if (!KNOWN_VERBS.includes(verb)) context.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  const subresource = context.flags.string('subresource');
  return { resourceAttributes: { ...found, namespace, verb, subresource, name: name.join('/') } };
}

async function list(context: Context): Promise<void> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace: context.namespace },
  };
  const answer = (await context.client.create('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body)) as Review;
  const { resourceRules = [], nonResourceRules = [], incomplete, evaluationError } = answer.status;
  if (incomplete) context.err(`Warning: the list may be incomplete: ${evaluationError}\n`);
  const rows = compactRules([...resourceRules, ...nonResourceRules]).map((rule) => [
    resourceText(rule),
    goText(rule.nonResourceURLs ?? []),
    goText(rule.resourceNames ?? []),
    goText(rule.verbs),
  ]);
  if (!context.flags.bool('no-headers')) rows.unshift(['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']);
  context.out(tabulate(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE));
}

const whoami: Command = {
  name: 'whoami',
  short: 'Experimental: Check self subject attributes',
  completes: 'nothing',
  flags: outputFlags(),
  run: async (context) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await context.client.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', body);
    const print = printerFor(context.flags);
    if (print) {
      context.out(print(answer));
      return;
    }
    const { userInfo } = answer.status as {
      userInfo: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
    };
    const rows = [['ATTRIBUTE', 'VALUE']];
    if (userInfo.username) rows.push(['Username', userInfo.username]);
    if (userInfo.uid) rows.push(['UID', userInfo.uid]);
    if (userInfo.groups?.length) rows.push(['Groups', goText(userInfo.groups)]);
    for (const [key, values] of Object.entries(userInfo.extra ?? {}).sort())
      rows.push([`Extra: ${key}`, goText(values)]);
    context.out(tabulate(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE));
  },
};

export const auth: Command = {
  name: 'auth',
  section: 'Troubleshooting and Debugging Commands',
  short: 'Inspect authorization',
  commands: [canI, whoami],
};
