import { expect, test } from 'vitest';
import { ProtobufReader } from '../schema/protobuf-reader.ts';
import { encodeOpenApiV3 } from './v3-protobuf.ts';
import { yamlOf } from './yaml-values.ts';

/** The fields of a message on a path of numbers: texts, numbers, and bytes in hexadecimal where those are messages. */
function read(bytes: Uint8Array, ...path: number[]): (string | bigint | number | boolean)[] {
  let messages = [new ProtobufReader(bytes, { left: 1e6 })];
  const last = path.at(-1);
  for (const step of path.slice(0, -1)) {
    messages = messages.flatMap((message) => {
      const found: ProtobufReader[] = [];
      while (message.next()) message.number === step ? found.push(message.message()) : message.skip();
      return found;
    });
  }
  return messages.flatMap((message) => {
    const found: (string | bigint | number)[] = [];
    while (message.next()) {
      if (message.number !== last) message.skip();
      else found.push(message.isPacked() ? message.text() : message.integer());
    }
    return found;
  });
}

const SPEC = {
  type: 'object',
  required: ['a', 'b'],
  properties: {
    a: { type: 'string', default: '', enum: ['yes', '', 'x: y'], maxLength: 2n ** 63n - 1n },
    b: { allOf: [{ $ref: '#/components/schemas/B' }], default: {}, 'x-kubernetes-list-type': 'map' },
  },
  additionalProperties: false,
};
const get = {
  tags: ['t'],
  operationId: 'read',
  parameters: [{ name: 'q', in: 'query', schema: { type: 'boolean', uniqueItems: true } }],
  responses: { 200: { description: 'OK', content: { '*/*': { schema: { $ref: '#/s' } } } } },
  'x-kubernetes-action': 'get',
};
const DOCUMENT = {
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: '1.36' },
  paths: { '/a': { get, parameters: [{ $ref: '#/p' }] } },
  components: { schemas: { A: SPEC }, securitySchemes: { T: { type: 'apiKey', in: 'header' } } },
};

test.each<[string, number[], unknown[]]>([
  ['the version', [1], ['3.0.0']],
  ['the title', [2, 1], ['Kubernetes']],
  ['paths', [4, 1, 1], ['/a']],
  ['an operation', [4, 1, 2, 4, 5], ['read']],
  ['a parameter', [4, 1, 2, 4, 6, 1, 1], ['q']],
  ['uniqueItems', [4, 1, 2, 4, 6, 1, 10, 1, 20], [1]],
  ['a parameter that is a reference', [4, 1, 2, 13, 2, 1], ['#/p']],
  ['a response', [4, 1, 2, 4, 8, 2, 1], ['200']],
  ['its schema', [4, 1, 2, 4, 8, 2, 2, 1, 3, 1, 2, 1, 2, 1], ['#/s']],
  ['an extension', [4, 1, 2, 4, 13, 2, 2], ['get\n']],
  ['required', [5, 1, 1, 2, 1, 23], ['a', 'b']],
  ['properties', [5, 1, 1, 2, 1, 31, 1, 1], ['a', 'b']],
  ['an enum', [5, 1, 1, 2, 1, 31, 1, 2, 1, 24, 2], ['yes\n', '""\n', "'x: y'\n"]],
  ['the greatest length', [5, 1, 1, 2, 1, 31, 1, 2, 1, 15], [2n ** 63n - 1n]],
  ['defaults, empty as they are', [5, 1, 1, 2, 1, 31, 1, 2, 1, 33], ['\u001a\u0000', '']],
  ['allOf', [5, 1, 1, 2, 1, 31, 1, 2, 1, 26, 2, 1], ['#/components/schemas/B']],
  ['that no others may be there', [5, 1, 1, 2, 1, 32, 2], [0]],
  ['how one signs in', [5, 7, 1, 2, 1, 4], ['header']],
])('%s is in its place', (_, path, expected) => {
  expect(read(encodeOpenApiV3(DOCUMENT), ...path)).toEqual(expected);
});

test.each([
  [[{ group: '', kind: 'A' }, { a: { b: 'c' } }], '- group: ""\n  kind: A\n- a:\n    b: c\n'],
  [
    { a: ['yes', 1, true, null, { b: 'c: d' }], n: { m: { o: 'p' } } },
    "a:\n    - yes\n    - 1\n    - true\n    - null\n    - b: 'c: d'\nn:\n    m:\n        o: p\n",
  ],
  ['multi\nline', '|-\n    multi\n    line\n'],
  [{ a: 'x\n\ny\n', e: {}, l: [] }, 'a: |\n    x\n\n    y\ne: {}\nl: []\n'],
  ['2026-01-01', '"2026-01-01"\n'],
  ["'q'", "'''q'''\n"],
])('%j is printed as go-yaml prints it', (value, text) => expect(yamlOf(value)).toBe(text));
