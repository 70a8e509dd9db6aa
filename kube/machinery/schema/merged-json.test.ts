import { expect, test } from 'vitest';
import type { FieldValidation } from './check.ts';
import { decodeObject } from './decode-object.ts';
import { kindSchema } from './resolve.ts';

function decode(kind: string, text: string, directive: FieldValidation) {
  const group = kind === 'Deployment' || kind === 'ControllerRevision' ? 'apps' : '';
  const schema = kindSchema(group, 'v1', kind);
  if (!schema) throw new Error(kind);
  return decodeObject(text, { group, version: 'v1', kind, schema }, directive);
}

test('a key that comes again goes into what the one before has left, as it does into a type of Go', () => {
  const text = `{"metadata":{"labels":{"a":"b"}},"kind":"Other","spec":{"unknown":1,"containers":[{"name":"a","image":"x"},{"name":"b"}]},
    "spec":{"containers":[{"image":"y"}],"nodeSelector":{"a":"\\"}"}},"kind":"Pod","metadata":{"name":"n","labels":{"c":"d"}}}`;
  expect(decode('Pod', text, 'Warn')).toEqual({
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'n', labels: { a: 'b', c: 'd' } },
      spec: { containers: [{ name: 'a', image: 'y', resources: {} }], nodeSelector: { a: '"}' } },
      status: {},
    },
    warnings: [
      'unknown field "spec.unknown"',
      'duplicate field "spec"',
      'duplicate field "kind"',
      'duplicate field "metadata"',
    ],
  });
});

test.each<[what: string, kind: string, text: string, shown: Record<string, unknown>]>([
  [
    'scalars and structs as they were',
    'Deployment',
    '"spec":{"paused":true,"paused":null,"minReadySeconds":5,"minReadySeconds":null,"template":{"spec":{"nodeName":"n","nodeName":null}},"template":null}',
    { 'spec.paused': true, 'spec.minReadySeconds': 5, 'spec.template.spec.nodeName': 'n' },
  ],
  ['no pointer', 'Deployment', '"spec":{"replicas":3,"replicas":null}', { 'spec.replicas': undefined }],
  [
    'no map, list and value of a map',
    'Secret',
    '"metadata":{"generation":3,"generation":null,"labels":{"a":"b"},"labels":null,"finalizers":["a"],"finalizers":null},"data":{"a":"eHg="},"data":{"a":null}',
    { metadata: { generation: 3 }, data: { a: '' } },
  ],
  [
    'no text where a number may stand, too',
    'Service',
    '"spec":{"ports":[{"targetPort":8080,"targetPort":null},{"targetPort":"a","targetPort":null}]}',
    { 'spec.ports.0.targetPort': 8080, 'spec.ports.1.targetPort': 0 },
  ],
  [
    'items of a list, also of one that was longer in between',
    'Service',
    '"spec":{"ports":[{"name":"p"},{"name":"q"}],"ports":[null],"ports":[null,{"port":90}]}',
    { 'spec.ports.0.name': 'p', 'spec.ports.1.name': 'q', 'spec.ports.1.port': 90 },
  ],
  [
    'no items of a list that was empty in between',
    'Service',
    '"spec":{"ports":[{"name":"p"},{"name":"q"}],"ports":[],"ports":[null,{"port":90}]}',
    { 'spec.ports.0.name': undefined, 'spec.ports.1.name': undefined, 'spec.ports.1.port': 90 },
  ],
  [
    'data of a type of its own',
    'ControllerRevision',
    '"revision":4,"revision":null,"data":{"x":1},"data":null',
    { revision: 4, data: { x: 1 } },
  ],
])('a null that comes again leaves %s', (_, kind, members, shown) => {
  const { object } = decode(kind, `{"metadata":{},${members}}`, 'Ignore') as { object: unknown };
  const at = (path: string) => path.split('.').reduce((part, step) => (part as Record<string, unknown>)[step], object);
  expect(Object.fromEntries(Object.keys(shown).map((path) => [path, at(path)]))).toEqual(shown);
});
