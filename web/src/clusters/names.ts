/** Names of clusters: DNS labels. */

const MOST = 63;

/** The name, or with the first number that makes it one that is free: `shop-2`. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name.slice(0, MOST);
  for (let number = 2; taken.includes(free); number++) {
    const end = `-${number}`;
    free = `${name.slice(0, MOST - end.length)}${end}`;
  }
  return free;
}

/** `My shop (2).islet.gz` → `my-shop-2` */
export function nameOfFile(file: string): string {
  const base = file.replace(/(\.islet)?(\.gz)?$|\.(ya?ml|json)$/i, '').toLowerCase();
  return base.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'imported';
}
