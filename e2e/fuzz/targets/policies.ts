import fc from 'fast-check';
import type { Json } from '../../differential/mutations.ts';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';
import { expression } from './expressions.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const RULES = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
const VARIABLES = ['object', 'oldObject', 'request', 'namespaceObject', 'variables.a', 'params', 'authorizer'] as const;
const TRUE = [
  'true',
  'has(object.spec)',
  'object.metadata.name != ""',
  'authorizer.group("").resource("pods").check("get").allowed()',
] as const;
const MUTATIONS: readonly Json[] = [
  'Object{metadata: Object.metadata{labels: {"a": "b"}}}',
  'Object{metadata: Object.metadata{annotations: object.metadata.labels}}',
  'Object{spec: Object.spec{replicas: 2}}',
  'Object{spec: Object.spec{containers: [Object.spec.containers{name: "more"}]}}',
  'Object{__proto__: 1}',
  '[JSONPatch{op: "add", path: "/metadata/labels/a", value: "b"}]',
  '[JSONPatch{op: "add", path: "/metadata/labels", value: object}]',
  '[JSONPatch{op: "remove", path: "/spec"}, JSONPatch{op: "test", path: "/kind", value: 1}]',
  '[JSONPatch{op: "move", from: "/spec", path: "/spec/a"}]',
  '[JSONPatch{op: "replace", path: "", value: dyn(object)}]',
  '[JSONPatch{op: "copy", from: "/metadata", path: "/spec/-"}]',
];

/** CEL about what a policy sees. */
const about = fc
  .tuple(expression, fc.constantFrom(...VARIABLES))
  .map(([text, variable]) => text.replace(/\bx\b/g, variable));
const condition = fc.oneof(fc.constantFrom(...TRUE), about);
const named = fc.record({ name: fc.constantFrom('a', 'b', '1', ''), expression: condition });
const validation = fc.record(
  {
    expression: condition,
    message: fc.string({ maxLength: 5 }),
    messageExpression: about,
    reason: fc.constantFrom('Invalid', 'x'),
  },
  { requiredKeys: ['expression'] },
);
const mutation = fc
  .tuple(fc.oneof(fc.constantFrom(...MUTATIONS), about), fc.boolean())
  .map(([text, isPatch]) =>
    isPatch
      ? { patchType: 'JSONPatch', jsonPatch: { expression: text } }
      : { patchType: 'ApplyConfiguration', applyConfiguration: { expression: text } },
  );

export const policies = target({
  name: 'policies',
  about: 'admission policies of any expressions, then writes that they judge and change',
  quickRuns: 60,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    sort: fc.constantFrom('validating', 'mutating'),
    failurePolicy: fc.constantFrom('Fail', 'Ignore'),
    matchConditions: fc.array(named, { maxLength: 2 }),
    variables: fc.array(named, { maxLength: 2 }),
    validations: fc.array(validation, { minLength: 1, maxLength: 3 }),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    audits: fc.array(fc.record({ key: fc.constantFrom('a', 'b'), valueExpression: about }), { maxLength: 1 }),
    patch: fc.constantFrom('{"metadata":{"labels":{"x":"y"}}}', '{"spec":null}', '{}'),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, sort, validations, mutations, audits, patch, ...shared }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const { namespace } = scope;
        const here = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
        const spec = { ...shared, matchConstraints: { resourceRules: RULES, ...here } };
        const own =
          sort === 'mutating'
            ? { mutations, reinvocationPolicy: 'IfNeeded' }
            : { validations, auditAnnotations: audits };
        const collections = [`${ROOT}/${sort}admissionpolicies`, `${ROOT}/${sort}admissionpolicybindings`] as const;
        const make = (path: string, object: Json) =>
          api.ask({ method: 'POST', path, body: JSON.stringify({ metadata: { name: namespace }, spec: object }) });
        if ((await make(collections[0], { ...spec, ...own })).status !== 201) return;
        const actions = sort === 'mutating' ? {} : { validationActions: ['Deny', 'Warn'].slice(index % 2, 2) };
        await make(collections[1], { policyName: namespace, ...actions });
        const path = objectPath(scope, subject, 'a');
        const body = JSON.stringify(scope.manifest(subject, 'a'));
        await api.ask({ method: 'POST', path: scope.collection(subject), body });
        const headers = { 'content-type': 'application/merge-patch+json' };
        await api.ask({ method: 'PATCH', path, headers, body: patch });
        await api.ask({ method: 'DELETE', path });
        for (const collection of collections) await api.ask({ method: 'DELETE', path: `${collection}/${namespace}` });
      },
    };
  },
});
