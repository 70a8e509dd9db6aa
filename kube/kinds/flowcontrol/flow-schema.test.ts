import { expect, test } from 'vitest';
import { BOOTSTRAP_FLOW_SCHEMAS } from '../../flowcontrol/bootstrap.ts';
import { errorText } from '../../machinery/field-error.ts';
import type { FlowSchema } from '../../types.ts';
import { flowSchema } from './flow-schema.ts';

type Spec = NonNullable<FlowSchema['spec']>;

const RULE = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] };

function problems(spec: Partial<Spec>, name = 'mine'): string[] {
  const object = {
    metadata: { name },
    spec: { matchingPrecedence: 500, priorityLevelConfiguration: { name: 'global-default' }, ...spec },
  } as FlowSchema;
  return (flowSchema.strategy.validate?.(object) ?? []).map(errorText);
}

const rules = (rule: object, subjects: object[] = [{ kind: 'User', user: { name: 'jane' } }]) =>
  ({ rules: [{ subjects, resourceRules: [{ ...RULE, ...rule }] }] }) as Partial<Spec>;

test('bootstrap FlowSchemas are valid, and the mandatory ones cannot be changed', () => {
  for (const { metadata, spec } of BOOTSTRAP_FLOW_SCHEMAS) expect(problems(spec, metadata.name)).toEqual([]);
  const [exempt] = BOOTSTRAP_FLOW_SCHEMAS;
  expect(problems({ ...exempt?.spec, rules: [] }, 'exempt')).toEqual([
    expect.stringContaining("spec of 'exempt' must equal the fixed value"),
  ]);
});

test('an absent precedence is 1000', () => {
  const object = { metadata: {}, spec: { priorityLevelConfiguration: { name: 'x' } } } as unknown as FlowSchema;
  flowSchema.strategy.applyDefaults?.(object);
  expect(object.spec?.matchingPrecedence).toBe(1000);
});

test.each<[Partial<Spec>, string]>([
  [{ matchingPrecedence: 0 }, 'spec.matchingPrecedence: Invalid value: 0: must be a positive value'],
  [{ matchingPrecedence: 10_001 }, 'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
  [
    { matchingPrecedence: 1 },
    "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
  ],
  [
    { priorityLevelConfiguration: {} as never },
    'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
  ],
  [rules({}, []), 'spec.rules[0].subjects: Required value: subjects must contain at least one value'],
  [
    rules({}, [{ kind: 'Robot' }]),
    'spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
  ],
  [
    rules({}, [{ kind: '__proto__' }]),
    'spec.rules[0].subjects[0].kind: Unsupported value: "__proto__": supported values: "Group", "ServiceAccount", "User"',
  ],
  [
    rules({}, [{ kind: 'User' }]),
    "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
  ],
  [
    rules({}, [{ kind: 'User', user: { name: 'a' }, group: { name: 'g' } }]),
    "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
  ],
  [
    rules({}, [{ kind: 'ServiceAccount', serviceAccount: { name: '*' } }]),
    'spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account',
  ],
  [
    rules({ verbs: ['get', '*'] }),
    `spec.rules[0].resourceRules[0].verbs: Invalid value: ["get","*"]: if '*' is present, must not specify other verbs`,
  ],
  [
    rules({ namespaces: [] }),
    'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
  ],
  [
    { rules: [{ subjects: [{ kind: 'User', user: { name: 'a' } }] }] },
    'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
  ],
  [
    {
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'a' } }],
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a*'] }],
        },
      ],
    },
    'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a*": wildcard can only do suffix matching',
  ],
])('%j is refused', (spec, text) => {
  expect(problems(spec)).toEqual([text]);
});
