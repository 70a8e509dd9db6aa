import { expect, test } from 'vitest';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import { KindRegistry } from '../../kube/kinds/registry.ts';
import type { ValidatingAdmissionPolicy } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { validatingAdmissionPolicyStatusController } from './validatingadmissionpolicy-status-controller.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const RULE = { operations: ['*'], apiVersions: ['v1'] };
const WIDGETS = { ...RULE, apiGroups: ['example.com'], resources: ['widgets'] };
const DEPLOYMENTS = { ...RULE, apiGroups: ['apps'], resources: ['deployments'] };

function policy(resourceRules: object[], expressions: string[], spec: object = {}, more: object = {}) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p', generation: 1 },
    spec: {
      matchConstraints: { resourceRules },
      validations: expressions.map((expression) => ({ expression })),
      ...spec,
    },
    ...more,
  };
}

async function statusOf(...made: Parameters<typeof policy>) {
  const kinds = new KindRegistry();
  const names = { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' };
  const properties = { spec: { type: 'object', properties: { size: { type: 'integer' } } } };
  const schema = { openAPIV3Schema: { type: 'object', properties } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  kinds.define('widgets.example.com', customKinds({ group: 'example.com', scope: 'Namespaced', names, versions }));
  const harness = new Harness([validatingAdmissionPolicyStatusController(kinds)]);
  await harness.api.apply(POLICIES, policy(...made));
  await harness.settle();
  expect(harness.errors).toEqual([]);
  return harness.api.all<ValidatingAdmissionPolicy>(`${POLICIES}/`)[0]?.status;
}

test('expressions whose types fit leave no warning', async () => {
  const fit = ['object.spec.replicas > 1 && object.spec.strategy.rollingUpdate.maxSurge == "1"'];
  expect(await statusOf([DEPLOYMENTS], fit)).toEqual({ observedGeneration: 1, typeChecking: {} });
});

test('expressions that do not fit a kind are listed kind by kind, in upstream’s words', async () => {
  const { typeChecking } = (await statusOf([DEPLOYMENTS, WIDGETS], ['object.spec.replicas > "1"', 'true'])) ?? {};
  expect(typeChecking?.expressionWarnings).toEqual([
    {
      fieldRef: 'spec.validations[0].expression',
      warning: [
        "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'",
        ' | object.spec.replicas > "1"',
        ' | .....................^\n',
        "example.com/v1, Kind=Widget: ERROR: <input>:1:12: undefined field 'replicas'",
        ' | object.spec.replicas > "1"',
        ' | ...........^\n',
      ].join('\n'),
    },
  ]);
});

test('parameters and variables have types, and rules with wildcards name no kind', async () => {
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    variables: [{ name: 'size', expression: 'object.spec.size' }],
  };
  const wrong = ['variables.size == "1"', 'params.dataa.size() == 1'];
  const { typeChecking } = (await statusOf([WIDGETS], wrong, spec)) ?? {};
  const warnings = (typeChecking?.expressionWarnings ?? []).map(({ warning }) => warning.split('\n')[0]);
  expect(warnings).toEqual([
    "example.com/v1, Kind=Widget: ERROR: <input>:1:16: found no matching overload for '_==_' applied to '(int, string)'",
    "example.com/v1, Kind=Widget: ERROR: <input>:1:7: undefined field 'dataa'",
  ]);
  expect((await statusOf([{ ...WIDGETS, apiGroups: ['*'] }], wrong, spec))?.typeChecking).toEqual({});
});

test('a policy that is wrong throughout is checked in pieces, and its status says where the warnings end', async () => {
  const wrong = Array.from(
    { length: 1000 },
    (_, at) => `object.spec.wrong${at} == 1 && object.spec.${'x'.repeat(100)}`,
  );
  const { observedGeneration, typeChecking } = (await statusOf([DEPLOYMENTS, WIDGETS], wrong)) ?? {};
  const warnings = typeChecking?.expressionWarnings ?? [];
  expect(observedGeneration).toBe(1);
  expect(warnings.length).toBeGreaterThan(100);
  expect(warnings.length).toBeLessThan(1000);
  expect(warnings.at(-1)).toEqual({
    fieldRef: `spec.validations[${warnings.length - 1}].expression`,
    warning: 'too many warnings: what follows is not checked',
  });
  expect(JSON.stringify(warnings).length).toBeLessThan(400_000);
});

test('many expressions that fit are all checked', async () => {
  const fit = Array.from({ length: 2000 }, () => 'object.spec.replicas > 1');
  const variables = [{ name: 'v', expression: 'object.spec.replicas' }];
  const made = [DEPLOYMENTS, WIDGETS].map((rule) => ({ ...rule, resources: ['deployments'] }));
  expect(await statusOf(made, [...fit, 'variables.v == "x"'], { variables })).toMatchObject({
    observedGeneration: 1,
    typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[2000].expression' }] },
  });
});

test('a policy whose present generation was looked at is left alone', async () => {
  const status = { observedGeneration: 1, typeChecking: {} };
  const wrong = ['object.spec.replicas > "1"'];
  expect(await statusOf([DEPLOYMENTS], wrong, {}, { status })).toEqual(status);
  const checked = await statusOf([DEPLOYMENTS], wrong, {}, { status: { ...status, observedGeneration: 0 } });
  expect([checked?.observedGeneration, checked?.typeChecking?.expressionWarnings?.length]).toEqual([1, 1]);
});
