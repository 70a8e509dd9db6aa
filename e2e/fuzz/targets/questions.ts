import fc from 'fast-check';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';

const SELECTOR = [
  'a',
  'app',
  'example.com/x',
  '=',
  '==',
  '!=',
  '!',
  ' in ',
  ' notin ',
  'in',
  '(',
  ')',
  ',',
  ' ',
  '\\,',
  '\\',
  '>',
  '<',
  '1',
  'x'.repeat(64),
  'metadata.name',
  'spec.nodeName',
  '__proto__',
  'ü',
  '\u0000',
] as const;
const selector = fc.oneof(
  fc.array(fc.constantFrom(...SELECTOR), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ maxLength: 12 }),
);
const continueToken = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.jsonValue({ maxDepth: 1 }).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  fc
    .record(
      {
        v: fc.constantFrom('meta.k8s.io/v1', 'v2', 1),
        rv: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-1, 0, 1e300, null, '5')),
        start: fc.oneof(fc.string({ maxLength: 10 }), fc.constantFrom('a', '../../x', 'a\u0000', '', '%00', 'z/')),
      },
      { requiredKeys: [] },
    )
    .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
);
const number = fc.constantFrom(
  '',
  '0',
  '1',
  '-1',
  '9223372036854775807',
  '9223372036854775808',
  '1e3',
  'x',
  '0x1',
  ' 1',
);
const flag = fc.constantFrom('', 'true', 'false', '0', '1', 'TRUE', 'x');

const parameters = {
  labelSelector: selector,
  fieldSelector: selector,
  limit: number,
  continue: continueToken,
  resourceVersion: number,
  resourceVersionMatch: fc.constantFrom('', 'Exact', 'NotOlderThan', 'x'),
  timeoutSeconds: number,
  timeout: fc.constantFrom('', '1s', '-1s', '1h', 'x', '9999999999999h', '1ns', '1s1s'),
  watch: flag,
  allowWatchBookmarks: flag,
  sendInitialEvents: flag,
  pretty: flag,
  includeObject: fc.constantFrom('None', 'Object', 'Metadata', 'x'),
  dryRun: fc.constantFrom('All', '', 'x'),
  gracePeriodSeconds: number,
  propagationPolicy: fc.constantFrom('Orphan', 'Foreground', 'Background', 'x', ''),
  orphanDependents: flag,
  fieldValidation: fc.constantFrom('Strict', 'x'),
  fieldManager: fc.string({ maxLength: 5 }),
};

const MEDIA = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  '*/*',
  'text/html',
  'as=Table',
  'as=PartialObjectMetadata',
  'as=PartialObjectMetadataList',
  'g=meta.k8s.io',
  'v=v1',
  'v=v9',
  'stream=watch',
  'q=0',
  'q=x',
] as const;
const media = fc
  .array(fc.tuple(fc.constantFrom(...MEDIA), fc.constantFrom(';', ',', ' ', '; ')), { maxLength: 6 })
  .map((parts) => parts.flat().join(''));

const WORDS = [
  'api',
  'apis',
  'v1',
  'v9',
  'apps',
  'namespaces',
  'default',
  'pods',
  'deployments',
  'configmaps',
  'a',
  'status',
  'scale',
  'proxy',
  'watch',
  'finalize',
  'token',
  '',
  '.',
  '..',
  '%2e%2e',
  '%2F',
  '%',
  '%zz',
  '%00',
  '*',
  'openapi',
  'v2',
  'v3',
  'metrics',
  'healthz',
  'livez',
  'version',
  'x'.repeat(300),
] as const;

export const questions = target({
  name: 'questions',
  about: 'paths, selectors, continue tokens, numbers, flags and Accept headers of reads and of deletes',
  quickRuns: 300,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    method: fc.constantFrom('GET', 'GET', 'GET', 'DELETE', 'HEAD', 'OPTIONS', 'POST', 'TRACE'),
    where: fc.oneof(
      fc.constantFrom('collection', 'object', 'everywhere'),
      fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }),
    ),
    query: fc.record(parameters, { requiredKeys: [] }),
    noise: fc.oneof(
      fc.constant(''),
      fc.string({ maxLength: 8 }).map((text) => `&${text.replaceAll('?', '')}`),
    ),
    accept: media,
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, method, where, query, noise, accept }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const collection = scope.collection(subject);
        const body = JSON.stringify(scope.manifest(subject, 'a'));
        await api.ask({ method: 'POST', path: collection, body });
        let path = collection;
        if (Array.isArray(where)) path = `/${where.join('/')}`;
        else if (where === 'object') path = objectPath(scope, subject, 'a');
        else if (where === 'everywhere') path = collection.replace(/\/namespaces\/[^/]+/, '');
        const given = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
        await api.ask({ method, path: `${path}?${given.join('&')}${noise}`, headers: { accept } });
      },
    };
  },
});
