/** What a write means today (`support` of the descriptor): acted on, kept with a warning, or refused. */
import { notImplemented } from '../errors.ts';
import type { Call } from '../server.ts';

export function warnOfDeprecation({ kind, warnings }: Call): void {
  if (kind.deprecationWarning !== undefined) warnings.push(kind.deprecationWarning);
}

/** Throws for kinds whose acceptance would promise an enforcement that isn't built. Deleting harms nothing. */
export function checkSupport(call: Call): void {
  const { kind, info, warnings } = call;
  if (info.verb === 'delete' || info.verb === 'deletecollection') return;
  if (kind.support === 'refused') {
    throw notImplemented(
      `${kind.resource} cannot be written yet: Islet would not enforce what this ${kind.kind} promises, so it is refused rather than kept without effect`,
    );
  }
  if (kind.support === 'stored') {
    warnings.push(`${kind.resource} are stored, but nothing acts on them yet in this version of Islet`);
  }
}
