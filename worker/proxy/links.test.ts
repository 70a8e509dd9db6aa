import { expect, test, vi } from 'vitest';
import type { EdgeResponse } from '../env.ts';
import { rewriteLinks, throughProxy } from './links.ts';

const SITE = {
  prefix: '/clusters/c/api/v1/namespaces/d/pods/p/proxy',
  host: 'islet.example:8443',
  address: '10.1.0.1:80',
};

test('links to the server itself go through the proxy, and others stay', () => {
  const cases: Record<string, string> = {
    '/a?b=1#c': `${SITE.prefix}/a?b=1#c`,
    '/': `${SITE.prefix}/`,
    'a/b': 'a/b',
    '?q': '?q',
    '#part': '#part',
    '//example.com/a': '//example.com/a',
    'https://example.com/a': 'https://example.com/a',
    'https://islet.example:8443/a': `${SITE.prefix}/a`,
    'http://islet.example:8443': `${SITE.prefix}/`,
    'http://10.1.0.1:80/a': `${SITE.prefix}/a`,
    'http://10.1.0.1:81/a': 'http://10.1.0.1:81/a',
    [`${SITE.prefix}/a`]: `${SITE.prefix}/a`,
    'mailto:someone@example.com': 'mailto:someone@example.com',
  };
  for (const [link, expected] of Object.entries(cases))
    expect([link, throughProxy(link, SITE)]).toEqual([link, expected]);
});

test('a compressed page is turned, and compressed again', async () => {
  // The runtime's, as far as it is used; the texts of elements stay.
  class HTMLRewriter {
    on() {
      return this;
    }
    transform(answer: Response) {
      const text = new TransformStream<string, string>({ transform: (part, to) => to.enqueue(part.toUpperCase()) });
      const body = answer.body
        ?.pipeThrough(new TextDecoderStream())
        .pipeThrough(text)
        .pipeThrough(new TextEncoderStream());
      return new Response(body, answer);
    }
  }
  vi.stubGlobal('HTMLRewriter', HTMLRewriter);
  const gzip = (text: string) => new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip', 'x-own': 'yes' };
  const page = new Response(gzip('<p>page</p>'), { status: 404, headers }) as unknown as EdgeResponse;
  const turned = rewriteLinks(page, SITE) as unknown as Response;
  expect([turned.status, Object.fromEntries(turned.headers)]).toEqual([404, headers]);
  expect(await new Response(turned.body?.pipeThrough(new DecompressionStream('gzip'))).text()).toBe('<P>PAGE</P>');
  vi.unstubAllGlobals();
});
