import fc from 'fast-check';
import { SpdyDecoder } from '../../../agent/spdy/frames.ts';
import { accept } from '../../../durable-objects/apiserver/negotiate/accept.ts';
import { scheduleError } from '../../../kube/cron/schedule.ts';
import { compileJsonPath, JsonPathError } from '../../../kube/kinds/custom/json-path.ts';
import { matchesFields, parseFieldSelector } from '../../../kube/machinery/selectors/fields.ts';
import { formatSelector, parseLabelSelector, SelectorError } from '../../../kube/machinery/selectors/labels.ts';
import { yamlToJson } from '../../../kube/machinery/yaml.ts';
import { checkUsage } from '../../../wire/usage.ts';
import { target, timed } from '../target.ts';

/** Short texts of pieces that mean something, some of them repeated thousands of times. */
function texts(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 4 }));
  const times = fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.constantFrom(300, 20_000));
  const run = fc.tuple(piece, times).map(([text, count]) => text.repeat(count));
  return fc.array(run, { maxLength: 9 }).map((parts) => parts.join('').slice(0, 100_000));
}

const SELECTORS = ['a', 'b.c/d', '=', '==', '!=', '!', ' in ', ' notin ', '(', ')', ',', ' ', '\\', '>', '<', '1', 'é'];
const SCHEDULES = [
  '*',
  '/',
  '-',
  ',',
  ' ',
  '0',
  '59',
  '60',
  'mon',
  'JAN',
  '@daily',
  '@every ',
  '1h',
  'TZ=UTC ',
  '?',
  '#',
];
const PATHS = ['.', 'a', '[*]', '.*', '[0]', '[-1]', "['a.b']", '[?(@.a=="x")]', '..', '{', '[1:2]', '\\.', '"', '['];
const YAML = [
  'a',
  ':',
  ' ',
  '\n',
  '- ',
  '&a ',
  '*a',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|\n',
  '? ',
  '!!',
  '#',
  '<<: ',
  '0x',
  '_',
  '~',
];
const MEDIA = [
  'application/json',
  'application/yaml',
  '*/*',
  ';',
  ',',
  '=',
  'as',
  'g',
  'v',
  'Table',
  'v1',
  '"',
  '\\',
  'q=0.1',
  ' ',
];

/** A reader throws these errors alone for bad input; every other one is a fault. */
function refuses(read: () => void, ...errors: (new (message: string) => Error)[]): void {
  try {
    read();
  } catch (error) {
    if (!errors.some((sort) => error instanceof sort)) throw error;
  }
}

export const selectors = target({
  name: 'selectors',
  about: 'label and field selectors; what is read is printed and read again',
  quickRuns: 200,
  input: texts(SELECTORS),
  open: (limits) => ({
    attempt: (text) =>
      timed(limits, () => {
        refuses(() => {
          const selector = parseLabelSelector(text);
          selector.matches({ a: '1', 'b.c/d': '' });
          const printed = formatSelector(selector);
          if (formatSelector(parseLabelSelector(printed)) !== printed) throw new TypeError(`${text} prints ${printed}`);
        }, SelectorError);
        refuses(() => matchesFields(parseFieldSelector(text), () => 'a'), SelectorError);
      }),
  }),
});

const OBJECT = { a: [{ a: 'x', b: [1, 2] }, { 'a.b': null }, 'x'], b: { a: { a: {} } } };

export const paths = target({
  name: 'paths',
  about: 'schedules, paths of columns, and Accept headers',
  quickRuns: 200,
  input: fc.record({ schedule: texts(SCHEDULES), path: texts(PATHS), media: texts(MEDIA), isWatch: fc.boolean() }),
  open: (limits) => ({
    attempt: ({ schedule, path, media, isWatch }) =>
      timed(limits, () => {
        scheduleError(schedule);
        refuses(() => compileJsonPath(path)(OBJECT), JsonPathError);
        // Refusals are answers of the API, of any sort but these.
        try {
          accept(media, { withTables: true, isWatch });
        } catch (error) {
          if (error instanceof TypeError || error instanceof RangeError) throw error;
        }
      }),
  }),
});

export const yaml = target({
  name: 'yaml',
  about: 'YAML of torn pieces: JSON, or an error',
  quickRuns: 150,
  // Valid YAML costs some microseconds a character, and is refused beyond a size.
  input: texts(YAML).map((text) => text.slice(0, 8000)),
  open: (limits) => ({
    attempt: (text) =>
      timed(limits, () => {
        let json: string;
        try {
          json = yamlToJson(text).text;
        } catch (error) {
          if (error instanceof TypeError || error instanceof RangeError) throw error;
          return;
        }
        JSON.parse(json);
      }),
  }),
});

export const streams = target({
  name: 'streams',
  about: 'SPDY frames in chunks of any size, and usage that agents tell',
  quickRuns: 200,
  input: fc.record({
    chunks: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
    control: fc.boolean(),
    usage: fc.dictionary(
      fc.constantFrom('type', 'id', 'node', 'pods', 'cpu', 'memory', 'containers', 'error'),
      fc.jsonValue({ maxDepth: 3 }),
      { noNullPrototype: true },
    ),
  }),
  open: (limits) => ({
    attempt: ({ chunks, control, usage }) =>
      timed(limits, () => {
        const decoder = new SpdyDecoder();
        const head = control ? [Buffer.from([0x80, 3, 0])] : [];
        try {
          for (const chunk of [...head, ...chunks]) decoder.push(Buffer.from(chunk));
        } catch (error) {
          if (error instanceof TypeError) throw error;
        }
        checkUsage(usage);
      }),
  }),
});
