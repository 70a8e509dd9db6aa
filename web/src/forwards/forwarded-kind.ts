import { type ApiResource, groupResource } from '../api/discovery.ts';
import type { Kind } from './ports-of.ts';

/** Pods and Services have ports; undefined for other kinds. */
export function forwardedKind(resource: Pick<ApiResource, 'group' | 'plural'>): Kind | undefined {
  const name = groupResource(resource);
  return name === 'pods' || name === 'services' ? name : undefined;
}
