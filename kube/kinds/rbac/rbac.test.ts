import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { kinds } from '../index.ts';

const GROUP = 'rbac.authorization.k8s.io';

function strategyOf(kind: string) {
  const found = kinds.find((one) => one.group === GROUP && one.kind === kind);
  if (!found) throw new Error(kind);
  return found.strategy;
}

function problems(kind: string, body: object): string[] {
  const object = { apiVersion: `${GROUP}/v1`, kind, metadata: { name: 'a' }, ...body } as KubeObject;
  const strategy = strategyOf(kind);
  strategy.applyDefaults?.(object);
  return (strategy.validate?.(object) ?? []).map(errorText);
}

/** The words of kube-apiserver 1.36. */
test.each([
  [
    'ClusterRole',
    { rules: [{}] },
    [
      'rules[0].verbs: Required value: verbs must contain at least one value',
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    ],
  ],
  [
    'ClusterRole',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/a'], resources: ['x'] }] },
    [
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ],
  [
    'Role',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/a'] }] },
    ['rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  [
    'ClusterRole',
    { aggregationRule: {} },
    [
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
  ],
  [
    'ClusterRole',
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Foo' }] }] } },
    [
      'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Foo": not a valid selector operator',
      'aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.',
    ],
  ],
  [
    'ClusterRoleBinding',
    {},
    ['roleRef.kind: Unsupported value: "": supported values: "ClusterRole"', 'roleRef.name: Required value'],
  ],
  [
    'RoleBinding',
    { roleRef: { apiGroup: 'x', kind: 'Foo', name: 'a/b' } },
    [
      `roleRef.apiGroup: Unsupported value: "x": supported values: "${GROUP}"`,
      'roleRef.kind: Unsupported value: "Foo": supported values: "Role", "ClusterRole"',
      'roleRef.name: Invalid value: "a/b": may not contain \'/\'',
    ],
  ],
  [
    'ClusterRoleBinding',
    {
      roleRef: { kind: 'ClusterRole', name: 'a' },
      subjects: [
        { kind: 'User', name: 'a' },
        { kind: 'Group' },
        { kind: 'ServiceAccount', name: 'a', apiGroup: 'x' },
        { kind: 'Foo', name: 'a' },
        { kind: 'Group', name: 'a', apiGroup: 'x' },
      ],
    },
    [
      'subjects[1].name: Required value',
      'subjects[2].apiGroup: Unsupported value: "x": supported values: ""',
      'subjects[2].namespace: Required value',
      'subjects[3].kind: Unsupported value: "Foo": supported values: "ServiceAccount", "User", "Group"',
      `subjects[4].apiGroup: Unsupported value: "x": supported values: "${GROUP}"`,
    ],
  ],
  ['RoleBinding', { roleRef: { kind: 'Role', name: 'a' }, subjects: [{ kind: 'ServiceAccount', name: 'a' }] }, []],
])('%s %j', (kind, body, expected) => {
  expect(problems(kind, body)).toEqual(expected);
});

test('the role of a binding stays', () => {
  const binding = (name: string) => ({ roleRef: { apiGroup: GROUP, kind: 'Role', name } }) as unknown as KubeObject;
  const validate = strategyOf('RoleBinding').validateUpdate;
  expect(validate?.(binding('b'), binding('a')).map(errorText)).toEqual([
    `roleRef: Invalid value: {"APIGroup":"${GROUP}","Kind":"Role","Name":"b"}: cannot change roleRef`,
  ]);
  expect(validate?.(binding('a'), binding('a'))).toEqual([]);
});
