/** Image references, as far as defaults need them (`pkg/util/parsers`). */

export const PULL_POLICIES: readonly string[] = ['Always', 'IfNotPresent', 'Never'];

/** `latest` when neither tag nor digest is named; '' for a digest alone. */
function imageTag(image: string): string {
  const [name = '', digest] = image.split('@', 2);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon >= 0) return name.slice(colon + 1);
  return digest === undefined && name !== '' ? 'latest' : '';
}

export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}
