/** The line that a machine joins with. */
import type { Methods } from '../api/session.ts';

/**
 * Where machines reach the API. A deployed service has one address for all; one on a machine of its user says the
 * API's, or else it is unknown.
 */
export function serverOf({ api, local }: Pick<Methods, 'api' | 'local'>, origin: string): string | undefined {
  return api?.server ?? (local ? undefined : origin);
}

/** Without `npx islet`. */
export function joinLine(server: string, cluster: string, token: string): string {
  return `join --server ${server}/clusters/${cluster} --token ${token}`;
}
