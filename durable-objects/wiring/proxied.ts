/** What a proxied request is told of on its way between Worker and object. */
import type { Request as CfRequest } from '@cloudflare/workers-types';
import { PROXIED_HEADERS, type ProxiedRequest, type StreamSpec } from '../../wire/stream.ts';

/** The WebSocket that a client asks for instead of an answer. */
export function upgraded(
  stream: StreamSpec,
  { path, headers: own }: ProxiedRequest,
  { headers }: CfRequest,
): StreamSpec {
  if (stream.kind !== 'http') return stream;
  const passed = JSON.parse(headers.get(PROXIED_HEADERS) ?? '[]') as [string, string][];
  const others = passed.filter(([name]) => !Object.hasOwn(own, name));
  const given = Object.entries(own).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  return { ...stream, upgrade: { method: 'GET', path, headers: [...others, ...given] } };
}

/** A header holds no other characters. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
