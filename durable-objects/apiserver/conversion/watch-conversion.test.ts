import { expect, test } from 'vitest';
import type { RemoteConversion } from '../../../kube/kinds/define.ts';
import type { Kinds } from '../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Converter } from './converter.ts';
import { watchConversion } from './watch-conversion.ts';

const REQUEST = {
  prefix: 'ports/',
  bookmarks: false,
  as: { type: 'object' },
  apiVersion: 'e/v2',
  kind: 'Port',
} as const;

function rig() {
  const asked: string[][] = [];
  const converter = {
    async convert(_: unknown, objects: readonly KubeObject[], to: string) {
      asked.push(objects.map(({ metadata }) => metadata.name ?? ''));
      return objects.map((object) => ({ ...object, apiVersion: to }));
    },
  } as unknown as Converter;
  const remote = {
    webhook: { name: 'ports' },
    begin: (object: KubeObject) => object,
    finish: (object: KubeObject) => object,
  };
  const kinds = {
    findKind: () => ({ conversion: { remote: remote as unknown as RemoteConversion } }),
  } as unknown as Kinds;
  const { convert } = watchConversion(kinds, converter);
  const entry = (revision: number, size = 10) => ({
    revision,
    text: JSON.stringify({ apiVersion: 'e/v1', metadata: { name: String(revision) }, filling: 'x'.repeat(size) }),
  });
  return { asked, entry, convert: (...entries: ReturnType<typeof entry>[]) => convert(REQUEST, entries) };
}

test('an entry that is also the one before another is asked about once, and what is known is not asked again', async () => {
  const { asked, entry, convert } = rig();
  const texts = await convert(entry(1), entry(2), entry(1));
  expect(texts.map((text) => JSON.parse(text).metadata.name)).toEqual(['1', '2', '1']);
  await convert(entry(2), entry(3));
  expect(asked).toEqual([['1', '2'], ['3']]);
});

test('the last entries that were converted stay known, however many there were before them', async () => {
  const { asked, entry, convert } = rig();
  const size = 300_000;
  for (let revision = 1; revision <= 20; revision++) await convert(entry(revision, size), entry(revision, size));
  asked.length = 0;
  await convert(entry(20, size));
  await convert(entry(19, size));
  expect(asked.flat()).toEqual([]);
});
