import fc from 'fast-check';
import { TestCluster } from '../../../durable-objects/testing/cluster.ts';
import type { Json } from '../../differential/mutations.ts';
import { isUpstreams } from '../api.ts';
import { target, timed } from '../target.ts';

const NAMES = [
  'a',
  'b',
  'spec',
  'status',
  'items',
  'metadata',
  'kind',
  '__proto__',
  'constructor',
  'x-y',
  'int',
] as const;
/** Whole numbers that only 64 bits hold. */
const LONG = 2n ** 63n - 1n;
const LONGS = fc.bigInt(-LONG, LONG);
const RULES = [
  'self == oldSelf',
  'self.a > 0',
  'has(self.a) && self.a.size() < 5',
  'self.all(x, self.all(y, x == y))',
  'self.matches("(a*)*$")',
  '"n " + string(self)',
  'self.exists(x, x.a in self)',
  'true',
  'self',
  '1 +',
  'oldSelf.hasValue()',
] as const;
const PATTERNS = [
  '^a*$',
  '(a+)+$',
  '(',
  '[',
  '\\p{L}+',
  '(?<x>a)',
  'a{1000}',
  '(a{100}){100}',
  '\\d{1,3}',
  '(?=a)',
] as const;
const FORMATS = [
  'date-time',
  'ipv4',
  'uuid',
  'email',
  'uri',
  'int32',
  'int64',
  'byte',
  'password',
  'nonsense',
  'cidr',
] as const;

const { schema } = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie('schema');
  const own = fc.record(
    {
      type: fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean', 'null', 'x', ''),
      format: fc.constantFrom(...FORMATS),
      pattern: fc.constantFrom(...PATTERNS),
      nullable: fc.boolean(),
      default: fc.oneof(fc.jsonValue({ maxDepth: 2 }), LONGS),
      enum: fc.array(fc.oneof(fc.jsonValue({ maxDepth: 1 }), LONGS), { maxLength: 3 }),
      minimum: fc.constantFrom<Json>(0, -1, 1e308, LONG, 'x'),
      exclusiveMinimum: fc.boolean(),
      multipleOf: fc.constantFrom(0, 2, 0.1, -1),
      maxLength: fc.constantFrom<Json>(0, 5, -1, 1e12, LONG),
      maxItems: fc.constantFrom<Json>(0, 5, 1e9, LONG),
      uniqueItems: fc.boolean(),
      required: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
      properties: fc.dictionary(fc.constantFrom(...NAMES), inner as fc.Arbitrary<Json>, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      additionalProperties: fc.oneof(fc.boolean(), inner as fc.Arbitrary<Json>),
      items: fc.oneof(inner as fc.Arbitrary<Json>, fc.array(inner as fc.Arbitrary<Json>, { maxLength: 2 })),
      allOf: fc.array(inner as fc.Arbitrary<Json>, { maxLength: 2 }),
      oneOf: fc.array(inner as fc.Arbitrary<Json>, { maxLength: 2 }),
      not: inner as fc.Arbitrary<Json>,
      'x-kubernetes-preserve-unknown-fields': fc.boolean(),
      'x-kubernetes-int-or-string': fc.boolean(),
      'x-kubernetes-embedded-resource': fc.boolean(),
      'x-kubernetes-list-type': fc.constantFrom('map', 'set', 'atomic', 'x'),
      'x-kubernetes-list-map-keys': fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
      'x-kubernetes-map-type': fc.constantFrom('granular', 'atomic'),
      'x-kubernetes-validations': fc.array(
        fc.record(
          {
            rule: fc.constantFrom(...RULES),
            message: fc.string({ maxLength: 5 }),
            messageExpression: fc.constantFrom('"a"', 'self', '1 +'),
            fieldPath: fc.constantFrom('.a', '.a[0]', "['a']", '.', 'x', '.__proto__'),
            optionalOldSelf: fc.boolean(),
            reason: fc.constantFrom('FieldValueInvalid', 'x'),
          },
          { requiredKeys: ['rule'] },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
  // Mostly structural ones, so that they are served.
  const structural = fc.oneof(
    fc.record({ type: fc.constantFrom('string', 'integer', 'boolean', 'number') }),
    fc.record({ type: fc.constant('array'), items: inner as fc.Arbitrary<Json> }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'int', 'x-y'), inner as fc.Arbitrary<Json>, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
    fc.record({ type: fc.constant('object'), additionalProperties: inner as fc.Arbitrary<Json> }),
  );
  return {
    schema: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      fc.constantFrom<Json>({ type: 'string' }, { type: 'integer' }, {}),
      structural,
      own,
      fc.tuple(structural, own).map(([a, b]) => ({ ...b, ...a })),
    ),
  };
});
const value = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(fc.jsonValue({ maxDepth: 3 }), LONGS), {
  maxKeys: 4,
  noNullPrototype: true,
});

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const LIFE = 40;
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

export const schemas = target({
  name: 'schemas',
  about: 'definitions with any schema, rules, columns and scale, then objects of them, in a whole cluster',
  quickRuns: 40,
  input: fc.record({
    spec: schema,
    objects: fc.array(value, { minLength: 1, maxLength: 3 }),
    columnPath: fc.constantFrom('.spec.a', '.spec[*]', '.spec.a[?(@.b=="x")].c', '..', '.', '{', '.spec.a[', '.a[-1]'),
    scalePath: fc.constantFrom('.spec.a', '.status.a', 'x', '.spec.b'),
    selectable: fc.constantFrom('.spec.a', '.spec.b.a', 'x', '.metadata.name'),
  }),
  open(limits) {
    let cluster: TestCluster | undefined;
    let asked = 0;
    return {
      async attempt({ spec, objects, columnPath, scalePath, selectable }) {
        if (!cluster || ++asked % LIFE === 0) cluster = await TestCluster.start({ simulatedNodes: 0 });
        const here = cluster;
        const group = `g${asked}.example.com`;
        const send = async (line: string, body?: unknown, type?: string, accept?: string): Promise<Json> => {
          const reply = await timed(limits, () => here.send<Json>(line, body, type, accept));
          if (here.reported.length > 0) throw here.reported.splice(0).at(-1);
          if (reply.status >= 500 && !isUpstreams(reply.body.message))
            throw new Error(`${line}: ${reply.status} ${JSON.stringify(reply.body)}`);
          return reply;
        };
        const version = {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: { type: 'object' } } } },
          subresources: { status: {}, scale: { specReplicasPath: scalePath, statusReplicasPath: '.status.n' } },
          additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: columnPath }],
          selectableFields: [{ jsonPath: selectable }],
        };
        const plain = { name: 'v1', served: true, storage: true, schema: version.schema };
        const definition = (versions: object[]): object => ({
          metadata: { name: `things.${group}` },
          spec: { group, scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions },
        });
        let made = await send(`POST ${DEFINITIONS}`, definition([version]));
        if (made.status >= 400) made = await send(`POST ${DEFINITIONS}`, definition([plain]));
        if (made.status >= 400) return;
        await here.settle();
        const things = `/apis/${group}/v1/namespaces/default/things`;
        for (const [index, object] of objects.entries()) {
          const body = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: `t${index}` }, spec: object };
          const apply = 'application/apply-patch+yaml';
          await send(`POST ${things}`, body);
          await send(`PATCH ${things}/t${index}?fieldManager=one&force=true`, body, apply);
          await send(`PATCH ${things}/t0`, { spec: object }, 'application/merge-patch+json');
          await send(`GET ${things}/t${index}/scale`).catch((error: Error) => {
            // Upstream answers 500 to an object that has no replicas.
            if (!/replicas/i.test(error.message)) throw error;
          });
        }
        await send(`GET ${things}`, undefined, undefined, TABLE);
        await send(`GET ${things}?fieldSelector=spec.a%3Dx`);
        await send(`GET /openapi/v3/apis/${group}/v1`);
        await send('GET /openapi/v2');
        await send(`DELETE ${DEFINITIONS}/things.${group}`);
        await here.settle();
      },
    };
  },
});
