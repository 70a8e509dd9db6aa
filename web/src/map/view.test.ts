import { expect, test } from 'vitest';
import { BOX, type Point } from './box-size.ts';
import { boxTowards } from './moves.ts';
import { shortened } from './texts.ts';
import { firstScale, fitScale, MARGIN, scrollForZoom, scrollToBox, scrollToMiddle, scrollToStart } from './viewport.ts';

test('arrows go along links, else to the nearest box', () => {
  const places = new Map<string, Point>([
    ['a', [0, 100]],
    ['b', [300, 0]],
    ['c', [300, 100]],
    ['d', [300, 200]],
    ['alone', [0, 400]],
  ]);
  const links = [
    { from: 'a', to: 'b' },
    { from: 'a', to: 'd' },
  ];
  const go = (id: string, direction: Parameters<typeof boxTowards>[1]) => boxTowards(id, direction, places, links);
  expect(go('a', 'ArrowRight')).toBe('b');
  expect(go('d', 'ArrowLeft')).toBe('a');
  expect(go('b', 'ArrowDown')).toBe('c');
  expect(go('d', 'ArrowUp')).toBe('c');
  expect(go('a', 'ArrowDown')).toBe('alone');
  expect(go('c', 'ArrowLeft')).toBe('a');
  expect(go('a', 'ArrowLeft')).toBeUndefined();
  expect(go('gone', 'ArrowLeft')).toBeUndefined();
});

test('a zoom keeps what lies at the pointer; a box that is seen moves nothing', () => {
  const view = { width: 800, height: 600 };
  // The room around the map is half a view, and does not grow with it.
  expect(scrollForZoom([500, 350], view, [200, 100], 1, 2)).toEqual([800, 500]);
  expect(scrollForZoom([800, 500], view, [200, 100], 2, 1)).toEqual([500, 350]);
  expect(scrollToBox([400, 300], view, [100, 100], 1)).toEqual([400, 300]);
  expect(scrollToBox([400, 300], view, [1000, 100], 1)).toEqual([400 + 1000 + BOX.width + 2 * MARGIN - 800, 300]);
  expect(scrollToBox([1300, 1200], view, [100, 100], 1)).toEqual([500, 400]);
  const large = { width: 2000, height: 252 };
  expect(scrollToMiddle(large, view, [0, 0], 1)).toEqual([400, 150]);
  expect(scrollToMiddle(large, view, [900, 0], 1)).toEqual([900 + MARGIN + BOX.width / 2, 150]);
  expect(scrollToMiddle(large, view, [2000 - BOX.width, 0], 1)).toEqual([400 + 2000 + 2 * MARGIN - 800, 150]);
  expect(scrollToStart(large, view, 1)).toEqual([400, 150]);
  expect(fitScale({ width: 100, height: 100 }, view)).toBe(1);
  expect(fitScale({ width: 1552, height: 100 }, view)).toBe(0.5);
  expect(firstScale({ width: 1552, height: 100 }, view)).toBe(0.7);
});

test('a long name keeps its beginning and its end', () => {
  expect(shortened('frontend', 10)).toBe('frontend');
  expect(shortened('frontend-6d4f8b9c7-x2x4p', 16)).toBe('frontend-…-x2x4p');
});
