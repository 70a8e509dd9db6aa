import { expect, test } from 'vitest';
import { toResponse } from './responses.ts';

async function answered(pieces: Iterable<string>): Promise<{ text: string; pauses: number }> {
  let pauses = 0;
  const pause = async () => void pauses++;
  const answer = await toResponse({ type: 'response', status: 200, headers: {}, body: pieces }, pause);
  return { text: await answer.text(), pauses };
}

test('an empty piece of an answer lets others have their turn, in the first part and in the stream', async () => {
  const long = 'x'.repeat(70_000);
  expect(await answered(['a', '', '', 'b'])).toEqual({ text: 'ab', pauses: 2 });
  expect(await answered(['a', '', long, '', long, ''])).toEqual({ text: `a${long}${long}`, pauses: 3 });
  expect(await answered([])).toEqual({ text: '', pauses: 0 });
});
