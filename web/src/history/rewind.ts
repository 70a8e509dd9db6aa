/** A rewind, in as many requests as it takes. */
import { REWIND_PATH, type RewindAction, type RewindAnswer } from '../../../wire/history.ts';
import type { Api } from '../api/request.ts';

export interface RewindScope {
  namespace?: string;
  resource?: string;
  name?: string;
}

export interface Rewind extends RewindScope {
  revision: number;
}

/** Tells what is done, piece by piece; with `dryRun`, what would be. */
export async function rewind(
  api: Pick<Api, 'post'>,
  asked: Rewind & { dryRun?: boolean },
  tell: (items: readonly RewindAction[], remaining: number) => void,
): Promise<RewindAction[]> {
  const all: RewindAction[] = [];
  let position: string | undefined;
  do {
    const answer: RewindAnswer = await api.post(REWIND_PATH, { ...asked, continue: position });
    all.push(...answer.items);
    tell(all, answer.remaining);
    position = answer.continue;
  } while (position !== undefined);
  return all;
}

/** The line that does the same. */
export function rewindLine(cluster: string, { revision, namespace, resource, name }: Rewind): string {
  const within = namespace ? ` -n ${namespace}` : '';
  const only = resource && name ? ` --only ${resource}/${name}` : '';
  return `clusters rewind ${cluster} --revision ${revision}${within}${only} --yes`;
}
