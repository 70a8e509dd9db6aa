import { expect, test } from 'vitest';
import { throughProxy } from './proxy-links.ts';

const SITE = { prefix: '/clusters/c/api/v1/namespaces/d/pods/p/proxy', host: 'islet.example:8443' };

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
    [`${SITE.prefix}/a`]: `${SITE.prefix}/a`,
    'mailto:someone@example.com': 'mailto:someone@example.com',
  };
  for (const [link, expected] of Object.entries(cases))
    expect([link, throughProxy(link, SITE)]).toEqual([link, expected]);
});
