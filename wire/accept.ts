/**
 * Whether an `Accept` header takes JSON, as upstream's router sees it (go-restful `Route.matchesAccept`): by the whole
 * type, or as one of all types.
 */
export function takesJson(accept: string | null | undefined): boolean {
  if (!accept) return true;
  const types = accept.split(',').map((range) => range.split(';', 1)[0]?.trim());
  return types.some((type) => type === 'application/json' || type === '*/*');
}
