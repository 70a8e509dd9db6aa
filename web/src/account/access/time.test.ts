import { afterEach, expect, test } from 'vitest';
import { locale } from '../../i18n/index.ts';
import { dateText, lengthText } from './time.ts';

afterEach(() => {
  locale.value = 'en';
});

test('a length is told in the largest unit that leaves nothing out', () => {
  const lengths = [90 * 86_400, 86_400, 3600, 5400, 90].map(lengthText);
  expect(lengths).toEqual(['90 days', '1 day', '1 hour', '90 minutes', '2 minutes']);
  locale.value = 'zh';
  expect(lengthText(7 * 86_400)).toBe('7 天');
});

test('a date is told in the language of the page', () => {
  expect(dateText('2026-12-03T12:00:00Z')).toBe('3 Dec 2026');
  locale.value = 'zh';
  expect(dateText('2026-12-03T12:00:00Z')).toBe('2026年12月3日');
});
