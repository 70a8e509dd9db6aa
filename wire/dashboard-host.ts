/**
 * The name of a local service's dashboard, beneath `localhost`, which browsers take for this machine. Cookies do not
 * keep ports apart: one of `localhost` itself would be sent to every server that runs here.
 */
export function dashboardHost(signingKey: string): string {
  const parsed = JSON.parse(signingKey) as { kid?: string; keys?: { kid?: string }[] };
  const kid = parsed.keys?.[0]?.kid ?? parsed.kid ?? '';
  const id = kid.toLowerCase().replace(/[^a-z0-9]/g, '');
  return id === '' ? 'islet.localhost' : `islet-${id.slice(0, 8)}.localhost`;
}
