import { expect, test } from 'vitest';
import { fetchManifest } from './manifest.ts';

/** Answers by address; `asked` has all that was fetched. */
function web(answers: Record<string, () => Response>) {
  const asked: string[] = [];
  const fetcher = async (url: string) => {
    asked.push(url);
    const answer = answers[url];
    if (!answer) throw new Error('no such host');
    return answer();
  };
  return { asked, open: (url: string) => fetchManifest(url, fetcher) };
}

const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });

test('a manifest is fetched, also where its address leads on', async () => {
  const { open } = web({
    'https://example.com/a': to('/b.yaml'),
    'https://example.com/b.yaml': () => new Response('kind: Pod'),
  });
  expect(await open('https://example.com/a')).toEqual({
    ok: true,
    value: { url: 'https://example.com/b.yaml', text: 'kind: Pod' },
  });
});

test.each([
  'http://example.com/a',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://localhost/a',
  'https://127.0.0.1/a',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/a',
  'https://intranet/a',
  'https://0x7f000001/a',
  'https://user:pass@example.com/a',
  'https://example.com:8443/a',
  'nonsense',
  '',
])('%s is not fetched', async (url) => {
  const { open, asked } = web({});
  expect(await open(url)).toMatchObject({ ok: false, status: { code: 400 } });
  expect(asked).toEqual([]);
});

test('an address that leads to a private host, or on and on, is not followed', async () => {
  const { open, asked } = web({
    'https://example.com/private': to('https://10.0.0.1/secret'),
    'https://example.com/plain': to('http://example.com/a'),
    'https://example.com/round': to('https://example.com/round'),
  });
  for (const path of ['private', 'plain', 'round']) {
    expect(await open(`https://example.com/${path}`)).toMatchObject({ status: { code: 400 } });
  }
  expect(asked.filter((url) => !url.startsWith('https://example.com/'))).toEqual([]);
  expect(asked.filter((url) => url.endsWith('/round'))).toHaveLength(4);
});

test('what is too long, is missing or does not answer is told so', async () => {
  const { open } = web({
    'https://example.com/long': () => new Response('x'.repeat(1024 * 1024 + 1)),
    'https://example.com/none': () => new Response('no', { status: 404 }),
  });
  const message = async (path: string) => {
    const answer = await open(`https://example.com/${path}`);
    return answer.ok ? '' : answer.status.message;
  };
  expect(await message('long')).toBe('https://example.com/long is longer than 1048576 bytes');
  expect(await message('none')).toBe('example.com answers 404 for https://example.com/none');
  expect(await message('away')).toBe('example.com does not answer: is the address right?');
});

test('a manifest that breaks off is told, and is no error of the service', async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('timeout')) });
  const found = await fetchManifest('https://example.com/a.yaml', async () => new Response(body));
  expect(found).toMatchObject({ status: { code: 400, message: expect.stringContaining('broke off') } });
});
