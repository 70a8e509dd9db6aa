import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregatedResources, listedResources } from './remote.ts';

const documentOf = (resources: unknown) => ({
  items: [{ metadata: { name: 'g' }, versions: [{ version: 'v1', resources }] }],
});

test('of what a server says only the fields that clients decode are kept', () => {
  const more: unknown = JSON.parse(`{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  const found = aggregatedResources(
    documentOf([{ resource: 'a', verbs: 5, more }, { resource: 7 }, null, { resource: 'b', verbs: ['get', 1] }]),
    'g',
    'v1',
  );
  const empty = { responseKind: { group: '', version: '', kind: '' }, scope: '', singularResource: '' };
  expect(found).toEqual([
    { resource: 'a', ...empty, verbs: [] },
    { resource: 'b', ...empty, verbs: ['get'] },
  ]);
});

test('subresources are found among many resources in one walk', () => {
  const names = Array.from({ length: 50_000 }, (_, i) => [{ name: `r${i}` }, { name: `r${i}/status` }]).flat();
  const found = listedResources({ resources: names }) as { subresources: object[] }[];
  expect([found.length, found.at(-1)?.subresources.length]).toEqual([50_000, 1]);
});

test.each([{}, { resources: null }, { resources: [] }])('a list of %j has no resources, and is known', (none) => {
  expect(listedResources({ kind: 'APIResourceList', ...none })).toEqual([]);
});

test('any document is read or left, and what is read is plain', () =>
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (document, entry) => {
      listedResources(document);
      aggregatedResources(document, 'g', 'v1');
      const both = [
        ...(listedResources({ resources: [{ name: 'a', verbs: entry, kind: entry, categories: entry }] }) ?? []),
        ...(aggregatedResources(documentOf([{ resource: 'a', subresources: entry, responseKind: entry }]), 'g', 'v1') ??
          []),
      ];
      for (const one of both) expect(one).toMatchObject({ resource: 'a', verbs: expect.any(Array) });
    }),
    { numRuns: 100 },
  ));
