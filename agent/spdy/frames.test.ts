import { constants, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataHead, HeaderWriter, pingFrame, SpdyDecoder, type SpdyFrame } from './frames.ts';

test('Frames come out as they went in, however the bytes are cut', () => {
  const frame = fc.oneof(
    fc.record({
      stream: fc.integer({ min: 1, max: 0x7fffffff }),
      data: fc.uint8Array({ maxLength: 300 }),
      fin: fc.boolean(),
    }),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.flatMap((f) =>
            typeof f === 'number' ? [pingFrame(f)] : [dataHead(f.stream, f.data.length, f.fin), f.data],
          ),
        );
        const decoder = new SpdyDecoder();
        const out: SpdyFrame[] = [];
        for (let at = 0; at < bytes.length; ) {
          const next = at + (cuts.next().value as number);
          // Copies, because a socket reuses nothing but tests might.
          for (const decoded of decoder.push(Buffer.from(bytes.subarray(at, next)))) out.push(decoded);
          at = next;
        }
        const expected = frames.map((f) =>
          typeof f === 'number'
            ? { type: 'ping', id: f }
            : { type: 'data', stream: f.stream, data: Buffer.from(f.data), fin: f.fin },
        );
        expect(out).toEqual(expected);
      },
    ),
  );
});

test('Bytes that are no SPDY throw or wait for more, and never loop or grow without bound', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      const decoder = new SpdyDecoder(1024);
      try {
        for (const chunk of chunks) decoder.push(Buffer.from(chunk));
      } catch (error) {
        expect((error as Error).message).toMatch(/SPDY/);
      }
    }),
  );
});

test('The header blocks of one connection are one deflate stream', () => {
  const encoder = new HeaderWriter();
  const frames = [encoder.open(1, { streamtype: 'error' }), encoder.open(3, { streamtype: 'stdin' })];
  expect(frames.map((frame) => frame.readUInt32BE(8))).toEqual([1, 3]);
  // After the frame's head of 8 bytes come 10 of stream ids and priority.
  const compressed = Buffer.concat(frames.map((frame) => frame.subarray(18)));
  const text = inflateSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  expect(text).toBe('\0\0\0\x01\0\0\0\x0astreamtype\0\0\0\x05error\0\0\0\x01\0\0\0\x0astreamtype\0\0\0\x05stdin');
});
