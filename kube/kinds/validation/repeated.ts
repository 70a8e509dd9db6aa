/**
 * The positions of items that came before already. A list may have tens of thousands of items, so pairs are not
 * compared.
 */
export function repeated(items: readonly unknown[]): Set<number> {
  const seen = new Set<unknown>();
  const positions = new Set<number>();
  for (const [index, item] of items.entries()) {
    if (seen.has(item)) positions.add(index);
    seen.add(item);
  }
  return positions;
}
