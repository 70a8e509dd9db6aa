import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { notify, shown } from './notices.tsx';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { querySelector: () => null });
  shown.value = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const texts = () => shown.value.map(({ text }) => text);

test('a notice goes by itself, one of a failure stays until it is taken away', () => {
  notify('Scaled.');
  const close = notify('It failed.', { tone: 'bad' });
  vi.advanceTimersByTime(60_000);
  expect(texts()).toEqual(['It failed.']);
  close();
  expect(texts()).toEqual([]);
});

test('the same again is shown once, and of many the oldest go', () => {
  for (const text of ['a', 'b', 'a', 'c', 'd', 'e']) notify(text);
  expect(texts()).toEqual(['a', 'c', 'd', 'e']);
});

test('a notice that is being read stays', () => {
  const looks = vi.fn(() => ({}) as Element | null);
  vi.stubGlobal('document', { querySelector: looks });
  notify('Deleted.', { action: { title: 'Undo', run: () => {} } });
  vi.advanceTimersByTime(20_000);
  expect(texts()).toEqual(['Deleted.']);
  looks.mockReturnValue(null);
  vi.advanceTimersByTime(10_000);
  expect(texts()).toEqual([]);
});
