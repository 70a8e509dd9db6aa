import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter, parseLine } from './line.ts';
import { Resume } from './resume.ts';

test('a line, its time and what a terminal would do with it', () => {
  expect(parseLine('2026-11-28T15:37:10.123456789Z a b')).toEqual({
    time: '2026-11-28T15:37:10.123456789Z',
    text: 'a b',
  });
  expect(parseLine('2026-11-28T15:37:10Z')).toEqual({ time: '2026-11-28T15:37:10Z', text: '' });
  expect(parseLine('no time')).toEqual({ time: '', text: 'no time' });
  expect(parseLine('2026-11-28T15:37:10Z \u001b[31mred\u001b[0m \u001b]0;t\u0007x').text).toBe('red x');
  expect(parseLine('10%\r50%\r100%\r').text).toBe('100%');
});

test('lines of chunks', () => {
  const splitter = new LineSplitter();
  expect(splitter.add('a\nb')).toEqual(['a']);
  expect(splitter.add('c\n\nd')).toEqual(['bc', '']);
  expect(splitter.end()).toEqual(['d']);
  expect(splitter.end()).toEqual([]);
});

const stamp = (milliseconds: number) => new Date(1_800_000_000_000 + milliseconds).toISOString();

test('however often and wherever it is cut, each line comes once, in its order', () => {
  // Several lines may have the same time and even the same text.
  const gap = fc.constantFrom(0, 0, 1, 250, 999, 1_000, 3_500);
  const logs = fc.array(fc.tuple(gap, fc.constantFrom('x', 'y')), { minLength: 1, maxLength: 40 });
  const cuts = fc.array(fc.nat(12), { maxLength: 12 });
  fc.assert(
    fc.property(logs, cuts, (given, lengths) => {
      let at = 0;
      const log = given.map(([step, text]) => {
        at += step;
        return `${stamp(at)} ${text}`;
      });
      const resume = new Resume();
      const got: string[] = [];
      for (const length of [...lengths, log.length]) {
        const { since } = resume;
        const sent = since === undefined ? log : log.filter((line) => line.slice(0, 19) >= since.slice(0, 19));
        resume.restart();
        // The server's answer breaks off after so many lines; the last one has all.
        for (const line of length === log.length ? sent : sent.slice(0, length)) if (resume.isNew(line)) got.push(line);
      }
      expect(got).toEqual(log);
    }),
  );
});

test('another run of the container is another log', () => {
  const resume = new Resume();
  expect(resume.isNew(`${stamp(0)} a`)).toBe(true);
  resume.restart();
  expect(resume.since).toBe(`${stamp(0).slice(0, 19)}Z`);
  expect(resume.isNew(`${stamp(0)} a`)).toBe(false);
  resume.forget();
  expect(resume.since).toBeUndefined();
  expect(resume.isNew(`${stamp(0)} a`)).toBe(true);
});
