/** `kubectl create configmap|namespace|serviceaccount|quota|poddisruptionbudget|priorityclass` */
import { CommandError } from '../../errors.ts';
import { bool, int, string } from '../../flags/define.ts';
import { generator, typed } from './generator.ts';
import { sourceFlags, valuesOf } from './sources.ts';

const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

export const configmap = generator({
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a config map from a local file, directory or literal value',
  examples: `kubectl create configmap settings --from-literal=mode=fast --from-literal=level=3
kubectl create configmap page --from-file=index.html`,
  args: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1]',
  flags: sourceFlags('configmap'),
  failure: 'failed to create configmap: ',
  build: async (context, name) => {
    const values = await valuesOf(
      context,
      (key) => `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${KEY_RULE}`,
    );
    return typed('v1', 'ConfigMap', name, values.size > 0 ? { data: Object.fromEntries(values) } : {});
  },
});

export const namespace = generator({
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace with the specified name',
  examples: 'kubectl create namespace shop',
  flags: [],
  build: (_, name) => typed('v1', 'Namespace', name, { spec: {}, status: {} }),
});

export const serviceaccount = generator({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a service account with the specified name',
  examples: 'kubectl create serviceaccount robot',
  flags: [],
  failure: 'failed to create serviceaccount: ',
  build: (_, name) => typed('v1', 'ServiceAccount', name, {}),
});

export const quota = generator({
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a quota with the specified name',
  examples: 'kubectl create quota small --hard=cpu=1,memory=1G,pods=2',
  args: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]',
  flags: [
    string('hard', 'A comma-delimited set of resource=quantity pairs that define a hard limit.'),
    string('scopes', 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.'),
  ],
  failure: 'failed to create quota: ',
  build: ({ flags }, name) => {
    const pairs = flags.string('hard') === '' ? [] : flags.string('hard').split(',');
    const hard = pairs.map((pair): [string, string] => {
      const [key = '', value, ...more] = pair.split('=');
      if (value === undefined || more.length > 0) {
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      }
      return [key, value];
    });
    const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
    if (scopes.includes('')) throw new CommandError('invalid resource quota scope ""');
    const spec = { ...(hard.length > 0 && { hard: Object.fromEntries(hard) }), ...(scopes.length > 0 && { scopes }) };
    return typed('v1', 'ResourceQuota', name, { spec, status: {} });
  },
});

const AMOUNT = /^\d+%?$/;

export const poddisruptionbudget = generator({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the specified name',
  examples: 'kubectl create pdb web --selector=app=web --min-available=50%',
  args: 'NAME --selector=SELECTOR --min-available=N',
  flags: [
    string('min-available', 'The minimum number or percentage of available pods this budget requires.'),
    string('max-unavailable', 'The maximum number or percentage of unavailable pods this budget requires.'),
    string(
      'selector',
      'A label selector to use for this budget. Only equality-based selector requirements are supported.',
    ),
  ],
  failure: 'failed to create poddisruptionbudgets: ',
  build: ({ flags }, name) => {
    const [selector, least, most] = ['selector', 'min-available', 'max-unavailable'].map((flag) =>
      flags.string(flag),
    ) as [string, string, string];
    if (selector === '') throw new CommandError('a selector must be specified');
    if (least === '' && most === '')
      throw new CommandError('one of min-available or max-unavailable must be specified');
    if (least !== '' && most !== '') {
      throw new CommandError('min-available and max-unavailable cannot be both specified');
    }
    if (least !== '' && !AMOUNT.test(least)) throw new CommandError('invalid format specified for min-available');
    if (most !== '' && !AMOUNT.test(most)) throw new CommandError('invalid format specified for max-unavailable');
    const matchLabels = Object.fromEntries(selector.split(',').map((pair) => pair.split(/==?/) as [string, string]));
    const amount = (text: string): string | number => (text.endsWith('%') ? text : Number(text));
    const limit = least !== '' ? { minAvailable: amount(least) } : { maxUnavailable: amount(most) };
    const status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
    return typed('policy/v1', 'PodDisruptionBudget', name, { spec: { ...limit, selector: { matchLabels } }, status });
  },
});

export const priorityclass = generator({
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a priority class with the specified name',
  examples: 'kubectl create priorityclass high --value=1000',
  args: 'NAME --value=VALUE [--global-default=BOOL]',
  flags: [
    int('value', 'the value of this priority class.'),
    bool(
      'global-default',
      'global-default specifies whether this PriorityClass should be considered as the default priority.',
    ),
    string(
      'description',
      'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    ),
    string('preemption-policy', 'preemption-policy is the policy for preempting pods with lower priority.', {
      byDefault: 'PreemptLowerPriority',
    }),
  ],
  failure: 'failed to create priorityclass: ',
  build: ({ flags }, name) =>
    typed('scheduling.k8s.io/v1', 'PriorityClass', name, {
      value: flags.int('value'),
      preemptionPolicy: flags.string('preemption-policy'),
      ...(flags.bool('global-default') && { globalDefault: true }),
      ...(flags.string('description') !== '' && { description: flags.string('description') }),
    }),
});
