import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { validateWebhookClient } from './webhook-client.ts';

const FORM = '; desired format: https://host[/path]';

test.each<[string, string[]]>([
  ['https://a.b:443/c', []],
  ['https://a.b?', []],
  [
    'http://',
    [
      `Invalid value: "http": 'https' is the only allowed URL scheme${FORM}`,
      `Invalid value: "": host must be specified${FORM}`,
    ],
  ],
  [
    'foo/bar',
    [
      `Invalid value: "": 'https' is the only allowed URL scheme${FORM}`,
      `Invalid value: "": host must be specified${FORM}`,
    ],
  ],
  [
    '',
    [
      `Invalid value: "": 'https' is the only allowed URL scheme${FORM}`,
      `Invalid value: "": host must be specified${FORM}`,
    ],
  ],
  [
    '1a:b',
    [`Required value: url must be a valid URL: parse "1a:b": first path segment in URL cannot contain colon${FORM}`],
  ],
  ['a\n', [`Required value: url must be a valid URL: parse "a\\n": net/url: invalid control character in URL${FORM}`]],
  [
    'https://a.b/%zz',
    [`Required value: url must be a valid URL: parse "https://a.b/%zz": invalid URL escape "%zz"${FORM}`],
  ],
  [
    'HTTPS://u@a.b/c?d=e#f',
    [
      'Invalid value: "u": user information is not permitted in the URL',
      'Invalid value: "f": fragments are not permitted in the URL',
      'Invalid value: "d=e": query parameters are not permitted in the URL',
    ],
  ],
])('the address %j', (url, errors) => {
  expect(validateWebhookClient({ url }, 'c').map(errorText)).toEqual(errors.map((error) => `c.url: ${error}`));
});

test('a webhook has an address or a service', () => {
  for (const both of [{}, { url: 'https://a.b', service: {} }]) {
    expect(validateWebhookClient(both, 'c').map(errorText)).toEqual([
      'c: Required value: exactly one of url or service is required',
    ]);
  }
  expect(validateWebhookClient({ service: { name: 'a', path: '//b' } }, 'c').map(errorText)).toEqual([
    'c.service.name: Required value',
    'c.service.path: Invalid value: "//b": segment[0] may not be empty',
  ]);
});
