/** What mutating plugins changed, kept in the log of revisions with the cause of the write: `islet trace` tells it. */
import type { Attributes } from './attributes.ts';

/** Of one plugin; a cluster may have a hundred webhooks. */
const MAX_PARTS = 20;
const MAX_LENGTH = 253;

/** `parts`: fields, or the names of webhooks or policies that changed them. */
export function changed(attributes: Pick<Attributes, 'changed'>, plugin: string, ...parts: readonly string[]): void {
  attributes.changed ??= {};
  attributes.changed[plugin] ??= [];
  const told = attributes.changed[plugin];
  for (const part of parts) {
    if (told.length < MAX_PARTS && !told.includes(part)) told.push(part.slice(0, MAX_LENGTH));
  }
}
