/** The pages that a forward's cookie speaks for: those of its own site, and a person who follows a link to it. */
import type { EdgeRequest } from '../env.ts';
import type { Location } from '../location.ts';

/** Names beneath one domain are of one site to a browser, so `SameSite` keeps another forward's pages from nothing. */
export function isOwnPage(request: EdgeRequest, location: Location): boolean {
  const { headers, method } = request;
  const site = headers.get('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return true;
  if (site !== null) return method === 'GET' && isNavigation(request);
  const origin = headers.get('origin');
  return origin === null || origin.toLowerCase() === `${location.secure ? 'https' : 'http'}://${location.host}`;
}

/** Whether a person waits for a page, and not a program for an answer. */
export function isPage(request: EdgeRequest): boolean {
  return request.method === 'GET' && (isNavigation(request) || wantsHtml(request));
}

function isNavigation({ headers }: EdgeRequest): boolean {
  return headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document';
}

function wantsHtml({ headers }: EdgeRequest): boolean {
  return headers.get('sec-fetch-mode') === null && (headers.get('accept') ?? '').includes('text/html');
}
