/** Image references, as far as defaults need them (`pkg/util/parsers`, github.com/distribution/reference). */

export const PULL_POLICIES: readonly string[] = ['Always', 'IfNotPresent', 'Never'];

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}';
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(${DIGEST}))?$`,
);
/** An identifier of an image is no name of one. */
const IDENTIFIER = /^[a-f0-9]{64}$/;
const MAX_NAME = 255;
const MAX_REFERENCE = 1024;
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** `latest` when neither tag nor digest is named; undefined for a digest alone, and for text that is no reference. */
function imageTag(image: string): string | undefined {
  if (IDENTIFIER.test(image) || image.length > MAX_REFERENCE) return undefined;
  const match = REFERENCE.exec(normalized(image));
  if (!match) return undefined;
  const [, name = '', tag, digest] = match;
  if (name.slice(name.indexOf('/') + 1).length > MAX_NAME || !isDigest(digest)) return undefined;
  return tag ?? (digest === undefined ? 'latest' : undefined);
}

/** With its domain: `nginx` is `docker.io/library/nginx`. */
function normalized(image: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  if (slash >= 0 && isDomain) return image;
  return slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
}

function isDigest(digest: string | undefined): boolean {
  if (digest === undefined) return true;
  const [algorithm = '', hex = ''] = digest.split(':');
  return DIGEST_LENGTHS[algorithm] === hex.length && hex.toLowerCase() === hex;
}

export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}
