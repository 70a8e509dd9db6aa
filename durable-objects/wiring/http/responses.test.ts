import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiRequest, refuseBody, textOf, toResponse, wellFormed } from './responses.ts';

async function answered(pieces: Iterable<string>): Promise<{ text: string; pauses: number }> {
  let pauses = 0;
  const pause = async () => void pauses++;
  const answer = await toResponse({ type: 'response', status: 200, headers: {}, body: pieces }, pause, () => () => {});
  return { text: await answer.text(), pauses };
}

test('an empty piece of an answer lets others have their turn, in the first part and in the stream', async () => {
  const long = 'x'.repeat(70_000);
  expect(await answered(['a', '', '', 'b'])).toEqual({ text: 'ab', pauses: 2 });
  expect(await answered(['a', '', long, '', long, ''])).toEqual({ text: `a${long}${long}`, pauses: 3 });
  expect(await answered([])).toEqual({ text: '', pauses: 0 });
});

test('an answer that is not read on is broken off, and what it is made of is let go', async () => {
  const piece = 'x'.repeat(70_000);
  const waits: { milliseconds: number; run: () => void }[] = [];
  const after = (milliseconds: number, run: () => void) => {
    waits.push({ milliseconds, run });
    return () => {};
  };
  let isReturned = false;
  function* pieces() {
    try {
      for (;;) yield piece;
    } finally {
      isReturned = true;
    }
  }
  const answer = await toResponse(
    { type: 'response', status: 200, headers: {}, body: pieces() },
    async () => {},
    after,
  );
  const reader = (answer as unknown as Response).body!.getReader();
  expect((await reader.read()).value).toHaveLength(70_000);
  waits[0]?.run();
  expect((await reader.read()).value).toHaveLength(70_000);
  waits[1]?.run();
  expect(isReturned).toBe(false);
  // A read may come right before a look, so the second one after it is too early.
  waits[2]?.run();
  expect(isReturned).toBe(false);
  waits[3]?.run();
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([30_000, 30_000, 30_000, 30_000]);
  expect(isReturned).toBe(true);
  await expect(reader.read()).rejects.toThrow('the answer was not read on');
});

test('a refused body is waited for no longer than any other', async () => {
  let late = (): void => {};
  const body = new ReadableStream<Uint8Array>();
  const answering = refuseBody({ body } as never, (_, run) => {
    late = run;
    return () => {};
  });
  late();
  expect((await answering).status).toBe(429);
});

test('an answer that fails halfway is looked at no longer', async () => {
  let looks = 0;
  const after = () => {
    looks++;
    return () => void looks--;
  };
  function* pieces() {
    yield 'x'.repeat(70_000);
    throw new Error('cannot be read');
  }
  const answer = await toResponse(
    { type: 'response', status: 200, headers: {}, body: pieces() },
    async () => {},
    after,
  );
  await expect(answer.text()).rejects.toThrow('cannot be read');
  expect(looks).toBe(0);
});

test('half of a surrogate pair becomes the replacement character, and nothing else changes', () => {
  for (const [text, expected] of [
    ['\\ud800', '\\ufffd'],
    ['\\uDFFF\\ud83d\\ude00', '\\ufffd\\ud83d\\ude00'],
    ['\\\\ud800', '\\\\ud800'],
    ['\\\\\\ud800x', '\\\\\\ufffdx'],
    ['\\u00e9 \\udb', '\\u00e9 \\udb'],
  ] as const) {
    expect([text, wellFormed(text)]).toEqual([text, expected]);
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units);
      const escaped = JSON.stringify(text).replace(
        /[^ -~]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      return JSON.parse(wellFormed(escaped)) === text.toWellFormed();
    }),
    { numRuns: 50 },
  );
});

test('a mark of the byte order stays in a body, and other characters are as they were sent', async () => {
  const sent = async (bytes: Uint8Array<ArrayBuffer>) => {
    const headers = new Headers({ 'content-length': String(bytes.length) });
    // The runtime drops the mark, as fetch does.
    const text = async () => new TextDecoder().decode(bytes);
    return textOf({ method: 'POST', headers, text } as unknown as Parameters<typeof textOf>[0]);
  };
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.boolean(), async (text, isMarked) => {
      fc.pre(!text.startsWith('\uFEFF'));
      const body = isMarked ? `\uFEFF${text}` : text;
      expect(await sent(bytesOf(body))).toBe(body);
    }),
    { numRuns: 100 },
  );
  expect(await sent(Uint8Array.from([0x22, 0xff, 0x22]))).toBe('"\uFFFD"');
});

test('an answer of bytes is sent as they are', async () => {
  const body = ['\0\xff', '\x80a'];
  const answer = await toResponse(
    { type: 'response', status: 200, headers: {}, body, isBytes: true },
    async () => {},
    () => () => {},
  );
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0, 255, 128, 97]);
});

test('in YAML, the escape of half a character stays, as it is a text but in double quotes', () => {
  const bodyOf = (type: string) => {
    const caller = { user: { name: 'a', groups: [] }, credential: { id: 'a', use: 'cluster', expires: 0 } } as const;
    const target = { path: '/', query: '' };
    return apiRequest({ method: 'POST' } as never, target, caller as never, { 'content-type': type }, "a: '\\ud800'")
      .body;
  };
  expect(bodyOf('application/yaml')).toBe("a: '\\ud800'");
  expect(bodyOf('Application/Apply-Patch+YAML')).toBe("a: '\\ud800'");
  expect(bodyOf('application/json')).toBe("a: '\\ufffd'");
});
