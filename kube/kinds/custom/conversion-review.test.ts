import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import {
  conversionReviewText,
  conversionReviewVersion,
  convertedObjects,
  type ReviewRequest,
  type ReviewVersion,
} from './conversion-review.ts';
import { ConversionError } from './conversion-webhook.ts';

const OBJECT: KubeObject = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'default', uid: 'u', generation: 2, labels: { a: 'b' }, finalizers: ['x/y'] },
  spec: { size: 1 },
};
const request = (version: ReviewVersion = 'v1'): ReviewRequest => ({
  uid: 'r',
  version,
  objects: [OBJECT],
  to: 'example.com/v2',
});
const CONVERTED = { ...OBJECT, apiVersion: 'example.com/v2', spec: { count: 1 } };

function answer(objects: unknown, over: object = {}, version: ReviewVersion = 'v1'): string {
  return JSON.stringify({
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    response: { uid: 'r', result: { status: 'Success' }, convertedObjects: objects },
    ...over,
  });
}

test('the question names the wanted version, and has the place of the answer', () => {
  expect(JSON.parse(conversionReviewText(request()))).toEqual({
    kind: 'ConversionReview',
    apiVersion: 'apiextensions.k8s.io/v1',
    request: { uid: 'r', desiredAPIVersion: 'example.com/v2', objects: [OBJECT] },
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  });
  expect(conversionReviewVersion(['v2', 'v1beta1', 'v1'])).toBe('v1beta1');
  expect(() => conversionReviewVersion(['v2'])).toThrow('no supported conversion review versions');
});

test('of metadata only labels and annotations change', () => {
  const metadata = { ...OBJECT.metadata, labels: { c: 'd' }, annotations: { e: 'f' }, finalizers: [], generation: 9 };
  const [converted] = convertedObjects(answer([{ ...CONVERTED, metadata }]), request());
  expect(converted?.metadata).toEqual({ ...OBJECT.metadata, labels: { c: 'd' }, annotations: { e: 'f' } });
  expect(Object.keys(converted ?? {})).toEqual(['kind', 'apiVersion', 'metadata', 'spec']);
});

const FOR = 'conversion webhook for example.com/v1, Kind=Widget';
const meta = (over: object) => [{ ...CONVERTED, metadata: { ...OBJECT.metadata, ...over } }];
test.each<[text: string, message: string]>([
  ['', `${FOR} failed: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value`],
  ['{', `${FOR} failed: couldn't get version/kind; json parse error: unexpected end of JSON input`],
  ['null', `${FOR} failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=`],
  [
    answer([], { kind: 'X' }),
    `${FOR} failed: no kind "X" is registered for version "apiextensions.k8s.io/v1" in scheme`,
  ],
  [answer([], {}, 'v1beta1'), `${FOR} failed: converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown`],
  [answer([], { response: undefined }), `${FOR} failed: no response provided`],
  [answer([], { response: { uid: 'x' } }), `${FOR} failed: expected response.uid="r", got "x"`],
  [answer([], { response: { uid: 'r' } }), `${FOR} failed: response.result.status was '', not 'Success'`],
  [answer([], { response: { uid: 'r', result: { status: 'Failed', message: 'why' } } }), `${FOR} failed: why`],
  [answer(null), `${FOR} returned 0 objects, expected 1`],
  [answer({}), `${FOR} failed: json: cannot unmarshal object into Go struct field ConversionResponse.response.conv`],
  [answer([null]), 'unexpected end of JSON input'],
  [
    answer([OBJECT]),
    `${FOR} returned invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v1)`,
  ],
  [
    answer([{ ...CONVERTED, kind: 'X' }]),
    `${FOR} returned invalid object at index 0: invalid kind (expected Widget, received X)`,
  ],
  [answer(meta({ name: 'b' })), `${FOR} returned invalid object: must have the same name: a != b`],
  [answer(meta({ uid: 'b' })), `${FOR} returned invalid object: must have the same UID: u != b`],
  [
    answer(meta({ labels: { a: 1 } })),
    `${FOR} returned invalid metadata: metadata.labels[a] must be a string, but is int64 in`,
  ],
  [answer(meta({ labels: { 'a b': 'c' } })), `${FOR} returned invalid metadata: metadata.labels: Invalid value: "a b"`],
])('%s', (text, message) => {
  let error: unknown;
  try {
    convertedObjects(text, request());
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConversionError);
  expect((error as Error).message.slice(0, message.length)).toBe(message);
});

test('v1beta1 is asked neither for its uid nor for its version', () => {
  const text = JSON.stringify({ response: { result: { status: 'Success' }, convertedObjects: [CONVERTED] } });
  expect(convertedObjects(text, request('v1beta1'))).toEqual([CONVERTED]);
});

test('any answer of a conversion webhook gives converted objects with their identity, or an error for the client', () => {
  const any = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string(),
    fc.jsonValue().map((value) => answer(value)),
    fc.jsonValue().map((value) => answer([value])),
    fc.jsonValue().map((metadata) => answer([{ ...CONVERTED, metadata }])),
    fc
      .dictionary(fc.constantFrom('name', 'uid', 'labels', 'annotations'), fc.jsonValue())
      .map((over) => answer(meta(over))),
  );
  fc.assert(
    fc.property(any, fc.constantFrom('v1', 'v1beta1'), (text, version) => {
      try {
        const [{ metadata } = OBJECT] = convertedObjects(text, request(version as ReviewVersion));
        expect({ ...metadata, labels: undefined, annotations: undefined }).toEqual({
          ...OBJECT.metadata,
          labels: undefined,
        });
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error;
      }
    }),
    { numRuns: 200 },
  );
});
