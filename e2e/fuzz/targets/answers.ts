import fc from 'fast-check';
import { type Outbound, OutboundError } from '../../../durable-objects/apiserver/outbound.ts';
import { convertedObjects } from '../../../kube/kinds/custom/conversion-review.ts';
import { ConversionError } from '../../../kube/kinds/custom/conversion-webhook.ts';
import { aggregatedResources, listedResources, mergedDiscovery } from '../../../kube/machinery/discovery/remote.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { aggregatedPart, mergeAggregated } from '../../../kube/machinery/openapi/aggregated.ts';
import type { Json } from '../../differential/mutations.ts';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target, timed } from '../target.ts';

const value = fc.oneof(
  fc.constantFrom<Json>('', 'a', 'v1', null, true, -1, 1e300, [], {}, '__proto__', '2026-01-01T00:00:00Z'),
  fc.jsonValue({ maxDepth: 2 }),
);
const fieldsOf = (...names: string[]): fc.Arbitrary<Json> =>
  fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true });
const torn = fc.tuple(fc.nat(400), fc.string({ maxLength: 4 }));

/** JSON of a value; torn now and then. */
function text(made: Json, [at, put]: readonly [number, string], isTorn: boolean): string {
  const whole = JSON.stringify(made) ?? 'null';
  if (!isTorn) return whole;
  const place = at % (whole.length + 1);
  return whole.slice(0, place) + put + whole.slice(place + put.length);
}

const pointer = fc
  .array(fc.constantFrom('metadata', 'name', 'labels', 'spec', 'status', 'kind', 'apiVersion', 'data', '-', '0', ''), {
    maxLength: 4,
  })
  .map((steps) => steps.map((step) => `/${step}`).join(''));
const operations = fc.array(
  fc.record(
    { op: fc.constantFrom('add', 'remove', 'replace', 'copy', 'move', 'test'), path: pointer, from: pointer, value },
    { requiredKeys: ['op', 'path'] },
  ),
  { maxLength: 4 },
);
const response = fc.record(
  {
    uid: fc.constantFrom('same', 'same', 'same', 'x', '', 1),
    allowed: fc.constantFrom<Json>(true, true, false, null, 'x'),
    patchType: fc.constantFrom<Json>('JSONPatch', 'JSONPatch', 'Other', null),
    patch: fc.oneof(
      operations.map((list) => Buffer.from(JSON.stringify(list)).toString('base64')),
      fc.string({ maxLength: 8 }),
    ),
    status: fieldsOf('code', 'message', 'reason', 'status', 'details'),
    warnings: fc.oneof(fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }), value),
    auditAnnotations: fieldsOf('a', 'B_', ''),
  },
  { requiredKeys: ['uid'] },
);
const HOOKS = '/apis/admissionregistration.k8s.io/v1';
const RULES = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];

export const webhooks = target({
  name: 'webhooks',
  about: 'what webhooks of admission answer: patches, denials, warnings, and what is no answer',
  quickRuns: 100,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    answers: fc.array(
      fc.record({ response, isTorn: fc.boolean(), torn, status: fc.constantFrom(200, 200, 200, 404, 302, 999) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    kinds: fc.record({
      kind: fc.constantFrom('AdmissionReview', 'AdmissionReview', 'x'),
      apiVersion: fc.constantFrom('admission.k8s.io/v1', 'admission.k8s.io/v1', 'v1'),
    }),
    policy: fc.constantFrom('Fail', 'Ignore'),
  }),
  open(limits) {
    let asked = 0;
    let answer: (uid: string) => { status: number; body: string } = () => ({ status: 500, body: '' });
    const outbound: Outbound = async ({ body = '' }) => {
      const { status, body: said } = answer((JSON.parse(body) as Json).request.uid);
      if (status === 999) throw new OutboundError('no answer');
      return { status, headers: {}, body: said };
    };
    const api = new JudgedApi(limits, { outbound, isOthers: true });
    return {
      async attempt({ subject: index, answers, kinds, policy }) {
        const subject = subjects[index] as (typeof subjects)[number];
        answer = (uid) => {
          const {
            response: said,
            isTorn,
            torn: tear,
            status,
          } = answers[asked++ % answers.length] as (typeof answers)[number];
          const own = said.uid === 'same' ? { ...said, uid } : said;
          return { status, body: text({ ...kinds, response: own }, tear, isTorn) };
        };
        const scope = await api.scope();
        for (const sort of ['mutating', 'validating']) {
          const path = `${HOOKS}/${sort}webhookconfigurations`;
          const hook = {
            name: 'all.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: policy,
            clientConfig: { url: 'https://hooks.example.com/' },
            rules: RULES,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': scope.namespace } },
          };
          const body = JSON.stringify({ metadata: { name: scope.namespace }, webhooks: [hook] });
          await api.ask({ method: 'POST', path, body });
        }
        const body = JSON.stringify(scope.manifest(subject, 'a'));
        const path = objectPath(scope, subject, 'a');
        await api.ask({ method: 'POST', path: scope.collection(subject), body });
        const headers = { 'content-type': 'application/merge-patch+json' };
        await api.ask({ method: 'PATCH', path, headers, body: '{"metadata":{"labels":{"x":"y"}}}' });
        await api.ask({ method: 'DELETE', path });
        for (const sort of ['mutating', 'validating']) {
          await api.ask({ method: 'DELETE', path: `${HOOKS}/${sort}webhookconfigurations/${scope.namespace}` });
        }
      },
    };
  },
});

const STORED = { apiVersion: 'g/v1', kind: 'T', metadata: { name: 'a', uid: 'u', labels: { a: 'b' } }, spec: { a: 1 } };

export const conversions = target({
  name: 'conversions',
  about: 'what conversion webhooks answer: objects whose metadata stays, or an error that says why',
  quickRuns: 200,
  input: fc.record({
    objects: fc.array(
      fc.oneof(
        value,
        fc
          .tuple(fieldsOf('metadata', 'spec', 'kind', 'apiVersion'), fieldsOf('name', 'uid', 'labels', 'annotations'))
          .map(([object, metadata]) => ({
            ...STORED,
            apiVersion: 'g/v2',
            metadata: { ...STORED.metadata, ...metadata },
            ...object,
          })),
      ),
      { maxLength: 2 },
    ),
    over: fieldsOf('kind', 'apiVersion', 'response'),
    result: fc.oneof(fc.constant({ status: 'Success' }), fieldsOf('status', 'message')),
    isTorn: fc.boolean(),
    torn,
  }),
  open: (limits) => ({
    attempt: ({ objects, over, result, isTorn, torn: tear }) =>
      timed(limits, () => {
        const own = { uid: 'x', convertedObjects: objects, result };
        const review = { kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', response: own, ...over };
        const asked = { uid: 'x', version: 'v1' as const, objects: [STORED as unknown as KubeObject], to: 'g/v2' };
        try {
          for (const { metadata } of convertedObjects(text(review, tear, isTorn), asked)) {
            if (metadata.name !== 'a' || metadata.uid !== 'u') throw new TypeError('another object');
          }
        } catch (error) {
          if (!(error instanceof ConversionError)) throw error;
        }
      }),
  }),
});

const resource = fieldsOf(
  'resource',
  'name',
  'kind',
  'responseKind',
  'scope',
  'verbs',
  'shortNames',
  'categories',
  'subresources',
  'namespaced',
  'singularName',
);
const version = fc.record(
  { version: value, resources: fc.oneof(fc.array(resource, { maxLength: 3 }), value) },
  { requiredKeys: [] },
);
const item = fc.record(
  {
    metadata: fc.oneof(fc.constant({ name: 'g' }), value),
    versions: fc.oneof(fc.array(version, { maxLength: 2 }), value),
  },
  { requiredKeys: [] },
);
const schema = fieldsOf(
  'type',
  '$ref',
  'properties',
  'items',
  'additionalProperties',
  'x-kubernetes-group-version-kind',
  'description',
);
const swagger = fc.record(
  {
    paths: fc.oneof(
      fc.dictionary(fc.constantFrom('/apis/g/v1/a', '/apis/g/v1/', '/x'), fieldsOf('get', 'post', 'parameters', 'x'), {
        noNullPrototype: true,
      }),
      value,
    ),
    definitions: fc.oneof(
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'a_v2'), schema, { noNullPrototype: true }),
      value,
    ),
    parameters: fieldsOf('p', '__proto__'),
  },
  { requiredKeys: [] },
);

export const aggregated = target({
  name: 'aggregated',
  about: 'discovery and OpenAPI documents of aggregated API servers',
  quickRuns: 200,
  input: fc.record({
    items: fc.array(fc.oneof(item, value), { maxLength: 3 }),
    list: fc.oneof(fc.array(fc.oneof(resource, value), { maxLength: 3 }), value),
    documents: fc.array(fc.oneof(swagger, value), { maxLength: 3 }),
    asked: fc.constantFrom('/apis', '/apis/', '/apis/g', '/apis/g/v1', '/apis/__proto__', '/api'),
    accept: fc.constantFrom(undefined, 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'),
  }),
  open: (limits) => ({
    attempt: ({ items, list, documents, asked, accept }) =>
      timed(limits, () => {
        for (const resources of [aggregatedResources({ items }, 'g', 'v1'), listedResources({ resources: list })]) {
          const remote = { group: 'g', version: 'v1', groupPriority: 1, versionPriority: 1, isCurrent: true };
          const answer = mergedDiscovery([], [{ ...remote, ...(resources && { resources }) }], asked, accept);
          if (answer) JSON.parse(answer.body as string);
        }
        const parts = documents.map((document) => aggregatedPart(document, '/apis/g/v1/'));
        JSON.stringify(mergeAggregated(parts, { paths: {}, definitions: {} }));
      }),
  }),
});
