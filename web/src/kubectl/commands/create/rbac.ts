/** `kubectl create role|rolebinding|clusterrole|clusterrolebinding` */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Context } from '../../context.ts';
import { CommandError, PlainError } from '../../errors.ts';
import { array, slice, string } from '../../flags/define.ts';
import { RESOURCE_VERBS } from '../../resources/verbs.ts';
import { generator, typed } from './generator.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';
const VERB = slice('verb', 'Verb that applies to the resources contained in the rule');
const RESOURCE = slice('resource', 'Resource that the rule applies to');
const RESOURCE_NAME = array(
  'resource-name',
  'Resource in the white list that the rule applies to, repeat this flag for multiple items',
);
const SUBJECTS = [
  array('user', 'Usernames to bind to the role. The flag can be repeated to add multiple users.'),
  array('group', 'Groups to bind to the role. The flag can be repeated to add multiple groups.'),
  array(
    'serviceaccount',
    'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  ),
];

interface Rule {
  apiGroups?: string[];
  nonResourceURLs?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

function verbsOf({ flags }: Context): string[] {
  const verbs = flags.list('verb');
  return verbs.includes('*') ? ['*'] : [...new Set(verbs)];
}

/** One rule for each group. */
async function resourceRules(context: Context, verbs: string[]): Promise<Rule[]> {
  const names = context.flags.list('resource-name');
  const groups = new Map<string, string[]>();
  for (const word of context.flags.list('resource')) {
    const slash = word.indexOf('/');
    const [type, subresource] = slash < 0 ? [word, ''] : [word.slice(0, slash), word.slice(slash)];
    if (type === '') throw new CommandError('resource must be specified if apiGroup/subresource specified');
    const { group, resource } = type === '*' ? { group: '*', resource: '*' } : await findType(context, type);
    const known = groups.get(group) ?? [];
    if (!known.includes(resource + subresource)) groups.set(group, [...known, resource + subresource]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      apiGroups: [group],
      ...(names.length > 0 && { resourceNames: [...new Set(names)] }),
      resources,
      verbs,
    }));
}

async function findType(context: Context, type: string) {
  try {
    return await context.discovery.find(type);
  } catch (error) {
    throw new PlainError((error as Error).message);
  }
}

function warnOfVerbs(context: Context, verbs: readonly string[]): void {
  for (const verb of verbs) {
    if (verb !== '*' && !RESOURCE_VERBS.includes(verb))
      context.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
}

export const role = generator({
  name: 'role',
  short: 'Create a role with single rule',
  examples: 'kubectl create role pod-reader --verb=get,list,watch --resource=pods',
  args: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename]',
  flags: [VERB, RESOURCE, RESOURCE_NAME],
  failure: 'failed to create role: ',
  build: async (context, name) => {
    const verbs = verbsOf(context);
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
    warnOfVerbs(context, verbs);
    if (context.flags.list('resource').length === 0) throw new CommandError('at least one resource must be specified');
    return typed(RBAC, 'Role', name, { rules: await resourceRules(context, verbs) });
  },
});

export const clusterrole = generator({
  name: 'clusterrole',
  short: 'Create a cluster role',
  examples: 'kubectl create clusterrole node-reader --verb=get,list --resource=nodes',
  args: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename]',
  flags: [
    VERB,
    RESOURCE,
    RESOURCE_NAME,
    slice('non-resource-url', 'A partial url that user should have access to.'),
    slice('aggregation-rule', 'An aggregation label selector for combining ClusterRoles.'),
  ],
  failure: 'failed to create clusterrole: ',
  build: async (context, name) => {
    const { flags } = context;
    const [urls, aggregation] = [flags.list('non-resource-url'), flags.list('aggregation-rule')];
    const verbs = verbsOf(context);
    const resources = flags.list('resource');
    if (aggregation.length > 0) {
      if (urls.length + verbs.length + resources.length + flags.list('resource-name').length > 0) {
        throw new CommandError(
          'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
        );
      }
      const matchLabels = Object.fromEntries(aggregation.map((pair) => pair.split('=') as [string, string]));
      return typed(RBAC, 'ClusterRole', name, {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
        rules: null,
      });
    }
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
    if (resources.length === 0 && urls.length === 0)
      throw new CommandError('one of resource or nonResourceURL must be specified');
    if (urls.length === 0) warnOfVerbs(context, verbs);
    const rules = await resourceRules(context, verbs);
    if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs });
    return typed(RBAC, 'ClusterRole', name, { rules });
  },
});

function subjectsOf({ flags }: Context): object[] {
  const named = (flag: string, kind: string): object[] =>
    [...new Set(flags.list(flag))].map((name) => ({ apiGroup: GROUP, kind, name }));
  const accounts = flags.list('serviceaccount').map((text) => {
    const [namespace = '', name = '', ...more] = text.split(':');
    if (namespace === '' || name === '' || more.length > 0) {
      throw new CommandError('serviceaccount must be <namespace>:<name>');
    }
    return { kind: 'ServiceAccount', name, namespace };
  });
  return [...named('user', 'User'), ...named('group', 'Group'), ...accounts];
}

function binding(context: Context, kind: string, name: string, roleRef: { kind: string; name: string }): KubeObject {
  const subjects = subjectsOf(context);
  return typed(RBAC, kind, name, {
    roleRef: { apiGroup: GROUP, ...roleRef },
    ...(subjects.length > 0 && { subjects }),
  });
}

export const rolebinding = generator({
  name: 'rolebinding',
  short: 'Create a role binding for a particular role or cluster role',
  examples: 'kubectl create rolebinding readers --clusterrole=view --user=jane',
  args: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: [
    string('clusterrole', 'ClusterRole this RoleBinding should reference'),
    string('role', 'Role this RoleBinding should reference'),
    ...SUBJECTS,
  ],
  failure: 'failed to create rolebinding: ',
  build: (context, name) => {
    const [cluster, own] = [context.flags.string('clusterrole'), context.flags.string('role')];
    if ((cluster === '') === (own === ''))
      throw new CommandError('exactly one of clusterrole or role must be specified');
    const roleRef = own !== '' ? { kind: 'Role', name: own } : { kind: 'ClusterRole', name: cluster };
    return binding(context, 'RoleBinding', name, roleRef);
  },
});

export const clusterrolebinding = generator({
  name: 'clusterrolebinding',
  short: 'Create a cluster role binding for a particular cluster role',
  examples: 'kubectl create clusterrolebinding admins --clusterrole=cluster-admin --group=ops',
  args: 'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  flags: [
    string('clusterrole', 'ClusterRole this ClusterRoleBinding should reference', { required: true }),
    ...SUBJECTS,
  ],
  failure: 'failed to create clusterrolebinding: ',
  build: (context, name) =>
    binding(context, 'ClusterRoleBinding', name, { kind: 'ClusterRole', name: context.flags.string('clusterrole') }),
});
