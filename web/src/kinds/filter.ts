/** What of a cluster is looked at: one namespace or all of them, and names with a text in them. */
export interface Filter {
  namespace?: string;
  search?: string;
}

export function inNamespace({ namespace }: Filter, of: string | undefined): boolean {
  return namespace === undefined || namespace === of;
}

export function isNamed({ search }: Filter, name: string | undefined): boolean {
  return search === undefined || (name ?? '').toLowerCase().includes(search.trim().toLowerCase());
}
