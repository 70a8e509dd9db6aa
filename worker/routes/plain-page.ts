/** A page of the service's own without the dashboard: no script, and nothing that it loads. */
import { type EdgeResponse, respond } from '../env.ts';

/** `body`: HTML, whose texts are escaped. */
export function plainPage(body: string, headers: Record<string, string> = {}, status = 200): EdgeResponse {
  const looks = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">';
  return respond(`<!doctype html><link rel="icon" href="data:,"><title>Islet</title>${looks}${body}`, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
      'Content-Security-Policy': "default-src 'none'; img-src data:; form-action 'self'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  });
}

/**
 * A page that goes on to a path of this service by itself. It is no redirect: browsers leave a Strict cookie out when a
 * link from elsewhere was redirected.
 */
export function onwardPage(path: string, headers: Record<string, string> = {}): EdgeResponse {
  return plainPage(`<meta http-equiv="refresh" content="0;url=${escaped(path)}">`, headers);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
