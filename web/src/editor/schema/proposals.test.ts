import { expect, test } from 'vitest';
import { placeAt } from '../text/place.ts';
import type { KindSchema } from './catalog.ts';
import { proposeKeys, proposeKinds, proposeValues } from './proposals.ts';

const KIND: KindSchema = {
  schema: { $ref: '#/components/schemas/Pod' },
  definitions: {
    Pod: {
      type: 'object',
      properties: { kind: { type: 'string' }, spec: { allOf: [{ $ref: '#/components/schemas/Spec' }] } },
    },
    Spec: {
      type: 'object',
      required: ['containers'],
      properties: {
        containers: { type: 'array', items: { $ref: '#/components/schemas/Container' } },
        restartPolicy: {
          type: 'string',
          enum: ['Always', 'Never'],
          default: 'Always',
          description: 'When to restart.',
        },
        hostNetwork: { type: 'boolean' },
        nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    Container: {
      type: 'object',
      properties: { name: { type: 'string' }, port: { 'x-kubernetes-int-or-string': true } },
    },
  },
};

const place = (text: string) => placeAt(text, text.length)!;

test('fields that are not there yet, with what follows each', () => {
  const found = proposeKeys(place('kind: Pod\nspec:\n  hostNetwork: true\n  '), KIND);
  expect(found.map(({ label, text, detail, required }) => [label, text, detail, required])).toEqual([
    ['containers', 'containers:\n    - ', '[]Object', true],
    ['restartPolicy', 'restartPolicy: ', 'string', false],
    ['nodeSelector', 'nodeSelector:\n    ', 'map[string]string', false],
  ]);
  expect(proposeKeys(place('spec:\n  containers:\n  - name: a\n    '), KIND).map(({ text }) => text)).toEqual([
    'port: ',
  ]);
  expect(proposeKeys(place('spec:\n  nowhere:\n    '), KIND)).toEqual([]);
});

test('the choices of a value', () => {
  expect(proposeValues(place('spec:\n  restartPolicy: '), KIND)).toMatchObject([
    { label: 'Always', detail: 'default', description: 'When to restart.' },
    { label: 'Never' },
  ]);
  expect(proposeValues(place('spec:\n  hostNetwork: '), KIND).map(({ label }) => label)).toEqual(['true', 'false']);
});

test('kinds that can be created, of the group that is named', () => {
  const of = (apiVersion: string, kind: string, verbs = ['create']) => ({
    apiVersion,
    kind,
    resource: '',
    namespaced: true,
    verbs,
  });
  const kinds = [of('v1', 'Pod'), of('v1', 'Status', []), of('apps/v1', 'Deployment'), of('v1', 'Service')];
  const labels = (...given: Parameters<typeof proposeKinds>) => proposeKinds(...given).map(({ label }) => label);
  expect(labels('kind', { apiVersion: 'apps/v1' }, kinds)).toEqual(['Deployment']);
  expect(labels('kind', {}, kinds)).toEqual(['Pod', 'Deployment', 'Service']);
  expect(labels('apiVersion', { kind: 'Service' }, kinds)).toEqual(['v1']);
  expect(labels('apiVersion', { kind: 'Deploy' }, kinds)).toEqual(['v1', 'apps/v1']);
});
