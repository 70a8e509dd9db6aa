/** How the edge learns that an answer of a cluster's object is long enough to be compressed. */

/** Bytes from which on upstream compresses (apiserver `responsewriters`). */
export const GZIP_THRESHOLD = 128 * 1024;
/** On long answers to clients that take gzip. It does not leave the edge. */
export const LONG_HEADER = 'islet-long';

/** Upstream looks for the word, and at no weight. */
export function acceptsGzip(header: string | null): boolean {
  if (header === null || !header.includes('gzip')) return false;
  return header.split(',').some((token) => token.trim() === 'gzip');
}
