import { expect, test } from 'vitest';
import { HeldAnswers, limitedText } from './limited-text.ts';

const PART = new TextEncoder().encode('12345678');

test.each([
  ['never ends', () => new Promise<void>(() => {})],
  ['fails', () => Promise.reject(new TypeError('x'))],
])('an answer that is too long is told so and counted no more, though its cancellation %s', async (_, cancel) => {
  const held = new HeldAnswers(10);
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(PART), cancel });
  await expect(limitedText(body, held)).rejects.toThrow('longer than 10 bytes together');
  held.grow(10);
});
