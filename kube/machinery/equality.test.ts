import { expect, test } from 'vitest';
import { STRING_MAP, sameJson, sameJsonBut, semanticEqual, semanticText } from './equality.ts';
import { schemaOf } from './schema/resolve.ts';

const TEMPLATE = schemaOf('io.k8s.api.core.v1.PodTemplateSpec');

/** Both ways of asking must agree. */
function equal(a: unknown, b: unknown, schema = TEMPLATE): boolean {
  const answer = semanticEqual(schema, a, b);
  expect(semanticEqual(schema, b, a)).toBe(answer);
  expect(semanticText(schema, a) === semanticText(schema, b)).toBe(answer);
  return answer;
}

const affinity = (term: object): object => ({
  spec: { containers: [], affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
});

test('an empty selector is not the same as none', () => {
  const term = { topologyKey: 'zone' };
  expect(equal(affinity(term), affinity({ ...term, namespaceSelector: {} }))).toBe(false);
  expect(equal(affinity(term), affinity({ ...term, labelSelector: {} }))).toBe(false);
  expect(
    equal(affinity({ ...term, labelSelector: {} }), affinity({ ...term, labelSelector: { matchLabels: {} } })),
  ).toBe(true);
});

test('an empty volume source is not the same as none', () => {
  const volume = (source: object): object => ({ spec: { volumes: [{ name: 'v', ...source }], containers: [] } });
  expect(equal(volume({ emptyDir: {} }), volume({}))).toBe(false);
});

test('empty lists, maps and structs held by value are the same as none', () => {
  expect(equal({ spec: { containers: [] } }, undefined)).toBe(true);
  expect(equal({ metadata: { labels: {}, creationTimestamp: null } }, {})).toBe(true);
  expect(
    equal(
      { spec: { containers: [{ name: 'a', env: [], resources: { limits: {} }, stdin: false, image: '' }] } },
      { spec: { containers: [{ name: 'a' }] } },
    ),
  ).toBe(true);
  expect(equal({ metadata: { labels: { a: '' } } }, { metadata: {} })).toBe(false);
  expect(equal({ spec: { containers: [{ name: '' }] } }, { spec: { containers: [] } })).toBe(false);
});

test('numbers and booleans held by pointer differ from none even when they are zero', () => {
  const grace = (seconds: unknown): object => ({ spec: { terminationGracePeriodSeconds: seconds } });
  expect(equal(grace(0), grace(undefined))).toBe(false);
  expect(equal(grace(null), grace(undefined))).toBe(true);
  expect(equal({ spec: { hostNetwork: false } }, { spec: {} })).toBe(true);
  expect(equal({ spec: { enableServiceLinks: false } }, { spec: {} })).toBe(false);
});

test('quantities are compared by their amount', () => {
  const requests = (cpu: string): object => ({
    spec: { containers: [{ name: 'a', resources: { requests: { cpu } } }] },
  });
  expect(equal(requests('1'), requests('1000m'))).toBe(true);
  expect(equal(requests('1Gi'), requests('1073741824'))).toBe(true);
  expect(equal(requests('1'), requests('2'))).toBe(false);
});

test('the order of fields does not matter, the order of items does', () => {
  expect(equal({ metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { b: '2', a: '1' } } })).toBe(true);
  expect(equal({ spec: { nodeSelector: { a: 'x' } } }, { spec: { nodeSelector: { a: 'y' } } })).toBe(false);
  const args = (...list: string[]): object => ({ spec: { containers: [{ name: 'a', args: list }] } });
  expect(equal(args('x', 'y'), args('y', 'x'))).toBe(false);
  expect(semanticEqual(STRING_MAP, {}, undefined)).toBe(true);
  expect(semanticEqual(STRING_MAP, { constructor: 'x' }, {})).toBe(false);
});

test('JSON values are equal as they are, but for fields that are undefined', () => {
  expect(sameJson({ a: [1, { b: null }] }, { a: [1, { b: null }], c: undefined })).toBe(true);
  expect(sameJson({ a: {} }, {})).toBe(false);
  expect(sameJson({ a: null }, {})).toBe(false);
  expect(sameJson([1], { 0: 1 })).toBe(false);
  expect(sameJson({ toString: undefined }, {})).toBe(true);
  expect(sameJsonBut(['b'], { a: { c: 1 }, b: 1 }, { a: { c: 1 }, b: 2, d: undefined })).toBe(true);
  expect(sameJsonBut(['b'], { a: { c: 1 } }, { a: { c: 2 } })).toBe(false);
  expect(sameJsonBut(['b'], {}, { toString: 'x' })).toBe(false);
  expect(sameJsonBut(['b'], { toString: 'x' }, {})).toBe(false);
});
