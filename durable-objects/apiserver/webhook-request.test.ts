import { expect, test } from 'vitest';
import { type Outbound, OutboundError } from './outbound.ts';
import { webhookAnswer, withQuery } from './webhook-request.ts';

test.each([
  ['https://a.example.com', 'https://a.example.com/?x'],
  ['https://a.example.com/', 'https://a.example.com/?x'],
  ['https://a.example.com:8443/b/c/', 'https://a.example.com:8443/b/c?x'],
  ['https://127.0.0.1:8443//failing', 'https://127.0.0.1:8443/failing?x'],
  ['https://[::1]:8443/b/../c/./d', 'https://[::1]:8443/c/d?x'],
])('%s is asked for as client-go does', (url, asked) => {
  expect(withQuery(url, '?x')).toBe(asked);
});

const STATUS = '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"told"}';
test.each([
  [200, '', '0-length response with status code: 200 and content type: text/plain'],
  [400, 'no', 'the server rejected our request for an unknown reason'],
  [403, 'not you', 'not you'],
  [418, 'tea', 'the server responded with the status code 418 but did not return more information'],
  [429, '', 'the server has received too many requests and has asked us to try again later'],
  [500, 'boom', 'an error on the server ("boom") has prevented the request from succeeding'],
  [500, '', 'an error on the server ("unknown") has prevented the request from succeeding'],
  [422, STATUS, 'told'],
])('an answer of %i with %j', async (status, body, message) => {
  const outbound: Outbound = async () => ({ status, body, headers: { 'content-type': 'text/plain' } });
  const request = { to: { url: 'https://x/' }, method: 'POST', headers: {}, timeoutMs: 1 } as const;
  await expect(webhookAnswer(outbound, request)).rejects.toEqual(new OutboundError(message, status));
});
