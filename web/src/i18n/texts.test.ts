import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Message = string | { one: string; other: string };
type Texts = Readonly<Record<'en' | 'zh', Readonly<Record<string, Message>>>>;

const SOURCES = join(import.meta.dirname, '..');
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(^|\/)(messages|titles)\.ts$/.test(file),
);
const modules: { file: string; exports: Record<string, { texts?: Texts }> }[] = await Promise.all(
  files.map(async (file) => ({ file, exports: await import(join(SOURCES, file)) })),
);
const all = modules.flatMap(({ file, exports }) =>
  Object.values(exports).flatMap(({ texts }) =>
    texts ? Object.keys(texts.en).map((key) => ({ file, key, en: texts.en[key], zh: texts.zh[key] })) : [],
  ),
);

/** The singular may say its number in words. */
const forms = (message: Message = ''): string[] =>
  typeof message === 'string' ? [message] : [message.one.replace(/^(?!.*\{count\})/s, '{count}'), message.other];
const places = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([place]) => place))].sort();

test('there are texts to look at', () => {
  expect(all.length).toBeGreaterThan(100);
});

test('a text has the same places in both languages, and in both forms of a plural', () => {
  const wrong = all.filter(({ en, zh }) => {
    const [first = '', ...others] = [...forms(en), ...forms(zh)];
    return others.some((other) => places(other).join() !== places(first).join());
  });
  expect(wrong).toEqual([]);
});

test('Chinese has no plural, and no English punctuation at its end', () => {
  const wrong = all.filter(({ zh }) => typeof zh !== 'string' || /[\u4e00-\u9fff][.,!?;:]($|\s)/.test(zh));
  expect(wrong).toEqual([]);
});
