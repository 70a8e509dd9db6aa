/** The part of a cluster that is shown: one namespace or all of them, and names that contain a text. */
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
