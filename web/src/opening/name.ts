const MAX = 40;

/** A name for a cluster, of the manifest's file: `…/guestbook.yaml` → `guestbook`; `guestbook-2` where that is taken. */
export function clusterName(address: string, taken: readonly string[]): string {
  const file = decoded(address).split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  const cleaned = file
    .replace(/\.(ya?ml|json|txt)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX)
    .replace(/^-+|-+$/g, '');
  const name = cleaned === '' ? 'opened' : cleaned;
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(tried)) return tried;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
