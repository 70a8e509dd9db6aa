import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRegular } from '../../files/open.ts';
import { LogParser, tailOffset } from './log-file.ts';

const T = '2026-01-01T00:00:00.000000001Z';

let folder: string;

let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'islet-logs-'));
  path = join(folder, '0.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('Lines lose their prefix, pieces of one line are joined, and a time is shown once a line', () => {
  const text = `${T} stdout F one\n${T} stderr P tw\n${T} stderr F o\n${T} stdout F \n`;
  const whole = (timestamps: boolean) => new LogParser({ timestamps }).push(Buffer.from(text)).toString();
  expect(whole(false)).toBe('one\ntwo\n\n');
  expect(whole(true)).toBe(`${T} one\n${T} two\n${T} \n`);
  const since = Date.parse('2027-01-01T00:00:00Z');
  expect(new LogParser({ timestamps: false, since }).push(Buffer.from(text)).toString()).toBe('');
});

test('However a log is cut into chunks, it reads the same', () => {
  const text = Buffer.from(`${T} stdout F one\n${T} stdout P zw\u00f6lf \n${T} stdout F x\n`);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length }), (cut) => {
      const parser = new LogParser({ timestamps: true });
      const out = Buffer.concat([parser.push(text.subarray(0, cut)), parser.push(text.subarray(cut))]);
      expect(out.toString()).toBe(`${T} one\n${T} zw\u00f6lf x\n`);
    }),
  );
});

test('The last lines start at the offset of their first byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ maxLength: 5 }), { maxLength: 20 }), fc.nat(25), async (lines, wanted) => {
      const text = lines.map((line) => `${line.replaceAll('\n', '')}\n`).join('');
      writeFileSync(path, text);
      await using file = await openRegular(path);
      const offset = await tailOffset(file, statSync(path).size, wanted);
      const expected = text
        .split('\n')
        .slice(0, -1)
        .slice(-wanted || lines.length)
        .join('\n');
      expect(Buffer.from(text).subarray(offset).toString()).toBe(
        expected === '' && wanted === 0 ? '' : `${expected}${lines.length ? '\n' : ''}`,
      );
    }),
    { numRuns: 60 },
  );
});
