import { expect, test } from 'vitest';
import { parseTree } from '../text/tree.ts';
import type { Definitions, Schema } from './schema.ts';
import { validate } from './validate.ts';

const definitions: Definitions = {
  Pod: {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      metadata: { allOf: [{ $ref: '#/components/schemas/Meta' }], default: {} },
      spec: { allOf: [{ $ref: '#/components/schemas/Spec' }], default: {} },
    },
  },
  Meta: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      labels: { type: 'object', additionalProperties: { type: 'string', default: '' } },
    },
  },
  Spec: {
    type: 'object',
    required: ['containers'],
    properties: {
      containers: { type: 'array', items: { allOf: [{ $ref: '#/components/schemas/Container' }], default: {} } },
      restartPolicy: { type: 'string', enum: ['Always', 'Never', 'OnFailure'] },
      hostNetwork: { type: 'boolean' },
      parameters: { 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
  Container: {
    type: 'object',
    required: ['name', 'image'],
    properties: {
      name: { type: 'string', default: '' },
      image: { type: 'string' },
      port: { $ref: '#/components/schemas/IntOrString' },
      memory: { oneOf: [{ type: 'string' }, { type: 'number' }] },
      stdin: { type: 'integer', format: 'int32' },
    },
  },
  IntOrString: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
};

function check(text: string) {
  const { root } = parseTree(text);
  return validate(root, definitions.Pod as Schema, definitions).map(({ from, to, ...rest }) => ({
    ...rest,
    text: text.slice(from, to),
  }));
}

test('what is right', () => {
  const text = `apiVersion: v1
metadata: {name: a, labels: {a: b}}
spec:
  containers:
  - {name: a, image: b, port: http, memory: 1Gi}
  - {image: b, port: 80, memory: 1}
  hostNetwork: yes
  parameters: {any: [1]}
  restartPolicy:
`;
  expect(check(text)).toEqual([]);
});

test('each sort of fault, where it stands', () => {
  expect(check('spec:\n  containers:\n  - name: 5\n    imagee: x\n    stdin: 1.5\n')).toEqual([
    { fault: 'type', name: 'name', expected: 'string', text: '5' },
    { fault: 'unknown', name: 'imagee', text: 'imagee' },
    { fault: 'type', name: 'stdin', expected: 'integer', text: '1.5' },
    { fault: 'missing', name: 'image', text: 'name' },
  ]);
  expect(check('spec:\n  containers: {}\n  restartPolicy: Sometimes\n  hostNetwork: "true"\n')).toEqual([
    { fault: 'type', name: 'containers', expected: '[]Object', text: 'containers' },
    { fault: 'choice', name: 'restartPolicy', choices: 'Always, Never, OnFailure', text: 'Sometimes' },
    { fault: 'type', name: 'hostNetwork', expected: 'boolean', text: '"true"' },
  ]);
  expect(check('metadata: {labels: {a: 1}}\nspec: {}\n')).toEqual([
    { fault: 'type', name: 'a', expected: 'string', text: '1' },
    { fault: 'missing', name: 'containers', text: 'spec' },
  ]);
});
