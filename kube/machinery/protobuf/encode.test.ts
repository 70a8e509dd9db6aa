import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryObject } from '../../testing/arbitrary-object.ts';
import { decodeParsed } from '../schema/decode-object.ts';
import { decodeProtobuf } from '../schema/protobuf-decode.ts';
import { ProtobufError } from '../schema/protobuf-reader.ts';
import { builtInKinds, schemaOf } from '../schema/resolve.ts';
import { listFrame, ProtobufEncoder, planOfKind } from './encode.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

// The bytes are those of client-go's types in apimachinery's serializer.
test.each([
  [
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","creationTimestamp":"2024-02-29T10:00:00Z","labels":{"b":"2","a":"1"}},"spec":{"ports":[{"port":80,"targetPort":"http"},{"port":-1}],"clusterIPs":["10.96.0.7"]}}',
    'azhzAAoNCgJ2MRIHU2VydmljZRKAAQorCgN3ZWISABoAIgAqADIAOABCCAigq4GvBhAAWgYKAWESATFaBgoBYhIBMhJNChQKABIAGFAiCggBEAAaBGh0dHAoAAoZCgASABj///////////8BIgYIABAAGgAoABoAIgA6AEIAUgBaAGAAaACSAQkxMC45Ni4wLjcaAgoAGgAiAA==',
  ],
  [
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"é \\"x\\"\\n","managedFields":[{"manager":"m","time":"0001-01-01T00:00:00Z","fieldsV1":{"f:data":{".":{}}}}]},"data":{"z":"AQI=","a":""},"type":"Opaque"}',
    'azhzAAoMCgJ2MRIGU2VjcmV0ElgKPgoHw6kgIngiChIAGgAiACoAMgA4AEIAigEkCgFtEgAaACIAMgA6FQoTeyJmOmRhdGEiOnsiLiI6e319fUIAEgUKAWESABIHCgF6EgIBAhoGT3BhcXVlGgAiAA==',
  ],
  [
    '{"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{},"eventTime":"1969-12-31T23:59:59.000001Z","series":{"count":-3,"lastObservedTime":null}}',
    'azhzAAoZChBldmVudHMuazhzLmlvL3YxEgVFdmVudBJZChAKABIAGgAiACoAMgA4AEIAEg4I////////////ARDoBxoNCP3//////////wESACIAKgAyADoAQg4KABIAGgAiACoAMgA6AFIAWgBiBAoAEgBqAHIAeAAaACIA',
  ],
  [
    '{"apiVersion":"v1","kind":"ResourceQuota","metadata":{},"spec":{"hard":{"pods":"1500m"}}}',
    'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRInChAKABIAGgAiACoAMgA4AEIAEhEKDwoEcG9kcxIHCgUxNTAwbRoAGgAiAA==',
  ],
  [
    '{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{},"data":{"spec":{"a":1.0,"b":[null]}},"revision":1}',
    'azhzAAodCgdhcHBzL3YxEhJDb250cm9sbGVyUmV2aXNpb24SNQoQCgASABoAIgAqADIAOABCABIfCh17InNwZWMiOnsiYSI6MS4wLCJiIjpbbnVsbF19fRgBGgAiAA==',
  ],
  [
    '{"apiVersion":"v1","kind":"Status","metadata":{},"status":"Failure","code":404,"details":{"causes":[{}]}}',
    'azhzAAoMCgJ2MRIGU3RhdHVzEiwKBgoAEgAaABIHRmFpbHVyZRoAIgAqEgoAEgAaACIGCgASABoAKAAyADCUAxoAIgA=',
  ],
  [
    '{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"7","remainingItemCount":0},"items":[{"metadata":{"name":"a"}}]}',
    'azhzAAorCg5tZXRhLms4cy5pby92MRIZUGFydGlhbE9iamVjdE1ldGFkYXRhTGlzdBIgCgkKABIBNxoAIAASEwoRCgFhEgAaACIAKgAyADgAQgAaACIA',
  ],
  [
    '{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{},"spec":{"group":"g","names":{"plural":"a","kind":"A"},"scope":"Cluster","versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","additionalProperties":false,"items":[{"type":"string"}],"maximum":1.5,"default":{"a":1},"enum":[1,"a"],"dependencies":{"d":["x"]},"not":{"additionalProperties":{}}}}}]}}',
    'azhzAAozChdhcGlleHRlbnNpb25zLms4cy5pby92MRIYQ3VzdG9tUmVzb3VyY2VEZWZpbml0aW9uEpUCChAKABIAGgAiACoAMgA4AEIAEvIBCgFnGgoKAWESACIBQSoAIgdDbHVzdGVyOtUBCgJ2MRABGAEiyAEKxQEKABIAIgAqBm9iamVjdDIAOgBCCQoHeyJhIjoxfUkAAAAAAAD4P1AAYAB6AJABAKIBAwoBMaIBBQoDImEiwgEmEiQKABIAIgAqBnN0cmluZzIAOgBQAGAAegCQAQCoAgC4AgDAAgDiAUMKABIAIgAqADIAOgBQAGAAegCQAQDyASIIARIeCgASACIAKgAyADoAUABgAHoAkAEAqAIAuAIAwAIAqAIAuAIAwAIA8gECCACCAggKAWQSAxIBeKgCALgCAMACADgAUAAaDBIICgASACIAKgAgABoAIgA=',
  ],
  [
    '{"kind":"PodMetrics","apiVersion":"metrics.k8s.io/v1beta1","metadata":{"name":"a"},"timestamp":"2023-11-14T22:13:20Z","window":"1m30.5s","containers":[{"name":"c","usage":{"cpu":"250m","memory":"8Mi"}}]}',
    'azhzAAokChZtZXRyaWNzLms4cy5pby92MWJldGExEgpQb2RNZXRyaWNzEksKEQoBYRIAGgAiACoAMgA4AEIAEggIgOLPqgYQABoHCIDS4ZHRAiIjCgFjEg0KA2NwdRIGCgQyNTBtEg8KBm1lbW9yeRIFCgM4TWkaACIA',
  ],
  [
    '{"kind":"NodeMetrics","apiVersion":"metrics.k8s.io/v1beta1","metadata":{}}',
    'azhzAAolChZtZXRyaWNzLms4cy5pby92MWJldGExEgtOb2RlTWV0cmljcxIYChAKABIAGgAiACoAMgA4AEIAEgAaAggAGgAiAA==',
  ],
])('%s is written as upstream writes it', (json, bytes) => {
  expect(Buffer.from(new ProtobufEncoder().object(utf8(json))).toString('base64')).toBe(bytes);
});

/** Protobuf has no empty lists and maps, and fields that are no pointers in Go are there always. */
function nonEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nonEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, nonEmpty(inner)] as const);
  const isEmpty = (inner: unknown): boolean =>
    !inner || inner === '0' || inner === '0s' || (typeof inner === 'object' && Object.keys(inner).length === 0);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)));
}

const kinds = [...builtInKinds()].filter(({ kind }) => kind !== 'DeleteOptions');

test.each(kinds)('$group $version $kind comes back from protobuf as it was', ({ definition, ...type }) => {
  const encoder = new ProtobufEncoder();
  const schema = schemaOf(definition);
  const expected = { ...type, schema };
  const checked = (object: Record<string, unknown>): unknown => nonEmpty(decodeParsed(object, '', expected, 'Ignore'));
  fc.assert(
    fc.property(arbitraryObject(type, schema), (object) => {
      const bytes = encoder.object(utf8(JSON.stringify(object)));
      const decoded = decodeProtobuf(bytes);
      if ('error' in decoded) throw new Error(decoded.error);
      expect(encoder.object(utf8(JSON.stringify(decoded.object)))).toEqual(bytes);
      expect(checked(decoded.object)).toEqual(checked(object));
    }),
    { numRuns: 10 },
  );
});

test('a schema may be a truth value, a list of schemas or a list of names', () => {
  const props = {
    dependencies: { a: ['b'], c: { type: 'string' } },
    items: [{ type: 'string' }],
    additionalItems: true,
    additionalProperties: { minimum: 0.5 },
    not: { items: {}, additionalProperties: false },
  };
  const spec = { group: 'g', versions: [{ name: 'v1', schema: { openAPIV3Schema: props } }] };
  const crd = { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1', spec };
  const decoded = decodeProtobuf(new ProtobufEncoder().object(utf8(JSON.stringify(crd))));
  expect(decoded).toMatchObject({ object: { spec } });
});

test('numbers of a list have a tag each', () => {
  const pod = { kind: 'Pod', apiVersion: 'v1', spec: { securityContext: { supplementalGroups: [0, 300] } } };
  const decoded = decodeProtobuf(new ProtobufEncoder().object(utf8(JSON.stringify(pod))));
  expect(decoded).toMatchObject({ object: { spec: pod.spec } });
});

test('items of a list are written one by one, and the list is one message', () => {
  const encoder = new ProtobufEncoder();
  const [head, ...items] = [
    '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}',
    '{}',
    '{"metadata":{"name":"b"}}',
  ];
  const { type, metadata, item } = encoder.listHead(utf8(head as string));
  const parts = items.map((text) => encoder.item(utf8(text), 0, item).slice());
  const length = [metadata, ...parts].reduce((sum, part) => sum + part.length, 0);
  const { before, after } = listFrame(type, length);
  const whole = encoder.object(utf8((head as string).replace('[]', `[${items.join()}]`)));
  expect(Buffer.concat([before, metadata, ...parts, after])).toEqual(Buffer.from(whole));
});

test('a watch event is a frame: four bytes of length, and an event with the object in its own envelope', () => {
  const encoder = new ProtobufEncoder();
  const object = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}';
  const frame = encoder.event(utf8(`{"type":"ADDED","object":${object}}`));
  const inner = encoder.object(utf8(object));
  const event = [0x0a, 5, ...utf8('ADDED'), 0x12, inner.length + 2, 0x0a, inner.length, ...inner];
  expect([...frame]).toEqual([0, 0, 0, event.length, ...event]);
});

test('kinds without a message upstream have none here', () => {
  expect(planOfKind('meta.k8s.io/v1', 'Table')).toBeUndefined();
  expect(planOfKind('example.com/v1', 'Widget')).toBeUndefined();
});

test('any other text is an error, and no loop', () => {
  const encoder = new ProtobufEncoder();
  const json = JSON.stringify({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'a', labels: { a: 'é\\' } },
    spec: { containers: [{ ports: [{ containerPort: 1 }] }] },
  });
  fc.assert(
    fc.property(fc.nat(json.length), fc.nat(json.length), fc.string({ maxLength: 3 }), (from, to, part) => {
      try {
        encoder.object(utf8(json.slice(0, from) + part + json.slice(to)));
      } catch (error) {
        expect(error).toSatisfy((thrown) => thrown instanceof ProtobufError || thrown instanceof SyntaxError);
      }
    }),
    { numRuns: 2000 },
  );
});
