/** What a write means today (`support` of the descriptor): acted on, kept with a warning, or refused. */
import { notImplemented } from '../errors.ts';
import type { Call } from '../server.ts';

/** Words upstream puts into a `Warning` on every request for these. */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

export function warnOfDeprecation({ kind, warnings }: Call): void {
  const text = DEPRECATED[kind.resource];
  if (text !== undefined) warnings.push(text);
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
