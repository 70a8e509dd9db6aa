/** The hosts of forwards: names beside the local dashboard's, or beneath a domain of their own. */
import { SITE } from '../../wire/forwards.ts';
import { localHost } from '../auth/keys.ts';
import type { Env } from '../env.ts';
import { hostOf, type Location } from '../location.ts';

const LOCAL = '.localhost';

/** The label of a forward's site; undefined for a host that is none. */
export function siteNamed(location: Location, env: Env): string | undefined {
  const host = hostOf(location);
  if (!location.secure) {
    const start = `${localHost(env).slice(0, -LOCAL.length)}-`;
    if (!host.startsWith(start) || !host.endsWith(LOCAL)) return undefined;
    return siteIn(host.slice(start.length, -LOCAL.length));
  }
  const domain = domainOf(env);
  if (domain === undefined || !host.endsWith(`.${domain}`)) return undefined;
  return siteIn(host.slice(0, -domain.length - 1));
}

/** The origin of a site, as the dashboard at this location leads to it; undefined where the service offers none. */
export function originOf(site: string, location: Location, env: Env): string | undefined {
  const port = /:\d+$/.exec(location.host)?.[0] ?? '';
  if (!location.secure) return `http://${localHost(env).slice(0, -LOCAL.length)}-${site}${LOCAL}${port}`;
  const domain = domainOf(env);
  return domain === undefined || isKin(domain, hostOf(location)) ? undefined : `https://${site}.${domain}${port}`;
}

/** Whether forwards are offered to the dashboard at this location. */
export function offersForwards(location: Location, env: Env): boolean {
  return originOf('', location, env) !== undefined;
}

function siteIn(label: string): string | undefined {
  return SITE.test(label) ? label : undefined;
}

function domainOf({ ISLET_FORWARD_DOMAIN }: Env): string | undefined {
  return ISLET_FORWARD_DOMAIN?.toLowerCase().replace(/^\.|\.$/g, '') || undefined;
}

/** A page beneath one of two such names may set cookies that the other is sent. */
function isKin(one: string, other: string): boolean {
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
}
