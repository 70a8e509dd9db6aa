/** Requests about forwards. */
import { FORWARDS_PATH, type Forward, type ForwardTarget } from '../../../wire/forwards.ts';
import type { Cluster } from '../api/cluster.ts';
import { service } from '../api/session.ts';

export interface Forwards {
  items: (Forward & { site?: string })[];
  /** Whether the service has sites for them. */
  offered: boolean;
}

export const listForwards = () => service.get<Forwards>(FORWARDS_PATH);

export const closeForward = (id: string) => service.delete<Forward>(`${FORWARDS_PATH}/${id}`);

/** The address is good for one tab, and for half a minute. Rejects, in the server's words, where nothing can be there. */
export async function openForward({ api }: Pick<Cluster, 'api'>, target: ForwardTarget): Promise<void> {
  const { address } = await api.post<{ address: string }>(FORWARDS_PATH, target);
  const link = document.createElement('a');
  Object.assign(link, { href: address, target: '_blank', rel: 'noopener noreferrer' });
  link.click();
}
