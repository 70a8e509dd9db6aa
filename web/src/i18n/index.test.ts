import { afterEach, expect, test } from 'vitest';
import { locale, messages, preferred } from './index.ts';

afterEach(() => {
  locale.value = 'en';
});

const t = messages({
  en: {
    running: { one: '{count} pod runs on {node}', other: '{count} pods run on {node}' },
    there: 'There is no {kind} {name}.',
    none: 'None.',
  },
  zh: { running: '{node} 上有 {count} 个 Pod 在运行', there: '没有名为 {name} 的 {kind}。', none: '无。' },
});

test('values go to their places, in the order of the language, and English has a plural', () => {
  expect(t('running', { count: 1, node: 'a' })).toBe('1 pod runs on a');
  expect(t('running', { count: 0, node: 'a' })).toBe('0 pods run on a');
  expect(t('there', { kind: 'Pod', name: '{kind}' })).toBe('There is no Pod {kind}.');
  locale.value = 'zh';
  expect(t('running', { count: 1, node: 'a' })).toBe('a 上有 1 个 Pod 在运行');
  expect(t('there', { kind: 'Pod', name: 'b' })).toBe('没有名为 b 的 Pod。');
  expect(t('none')).toBe('无。');
});

test('elements keep their places, too', () => {
  const element = { type: 'code' };
  expect(t.parts('there', { kind: 'Pod', name: element })).toEqual(['There is no ', 'Pod', ' ', element, '.']);
});

test('a place without a value, and a value without a place, are errors of types', () => {
  // @ts-expect-error: kind and name are missing
  t('there');
  // @ts-expect-error: node is missing
  t('running', { count: 1 });
  // @ts-expect-error: there is no such text
  expect(() => t('nothing')).toThrow();
});

test.each([
  [['zh-CN', 'en'], 'zh'],
  [['de', 'zh-Hant-TW', 'en'], 'zh'],
  [['en-GB', 'zh'], 'en'],
  [['de-CH', 'zhuang'], 'en'],
  [[], 'en'],
])('of a browser that asks for %j the language is %s', (languages, wanted) => {
  expect(preferred(languages)).toBe(wanted);
});
