import { expect, test } from 'vitest';
import { binaryFrame, readFrame, resizeFrame, stdinFrame } from './channels.ts';

const frame = (channel: number, text: string) => Uint8Array.of(channel, ...new TextEncoder().encode(text));

test('output of both channels, and the greeting of an empty one', () => {
  expect(readFrame(frame(1, 'a'))).toEqual({ kind: 'output', data: new TextEncoder().encode('a') });
  expect(readFrame(frame(2, 'b'))).toMatchObject({ kind: 'output' });
  expect(readFrame(frame(1, ''))).toEqual({ kind: 'nothing' });
  expect(readFrame(Uint8Array.of(255, 1))).toEqual({ kind: 'nothing' });
});

test.each([
  [{ status: 'Success' }, { ended: 'success' }],
  [
    { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '130' }] } },
    { ended: 'exit', code: 130 },
  ],
  [
    { status: 'Failure', message: 'exec: "sh": executable file not found in $PATH' },
    { ended: 'failure', message: 'exec: "sh": executable file not found in $PATH' },
  ],
])('the end of a command: %j', (status, end) => {
  expect(readFrame(frame(3, JSON.stringify(status)))).toEqual({ kind: 'end', end });
});

test('what is typed, in bytes and in letters of any script, and the size', () => {
  expect([...stdinFrame('é')]).toEqual([0, 0xc3, 0xa9]);
  expect([...binaryFrame('\u00ff')]).toEqual([0, 0xff]);
  expect(new TextDecoder().decode(resizeFrame(80, 24).subarray(1))).toBe('{"Width":80,"Height":24}');
  expect(resizeFrame(80, 24)[0]).toBe(4);
});
