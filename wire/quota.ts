/** The limits of accounts of a kind, and of each cluster of theirs. 0 is no limit. */
export interface Quota {
  /** Of one account. */
  clusters: number;
  /** Of one cluster: objects of the API without Events, nodes among them, and bytes of the storage. */
  objects: number;
  nodes: number;
  bytes: number;
  /** Watches that are open at once. */
  watches: number;
  /** Requests a second, those of nodes not counted. */
  requests: number;
  /** Of one account, a day in UTC: minutes for which streams are open, of all of them together. */
  streamMinutes: number;
}

export const NO_LIMITS: Quota = {
  clusters: 0,
  objects: 0,
  nodes: 0,
  bytes: 0,
  watches: 0,
  requests: 0,
  streamMinutes: 0,
};

/** A new cluster has some 200 objects of its own: with a smaller limit none could be made. */
const LEAST_OBJECTS = 300;

/** `objects=5000 nodes=100 streamMinutes=0.5`: what is left out, or malformed, is as in `otherwise`. */
export function parseQuota(text: string | undefined, otherwise: Quota): Quota {
  const quota = { ...otherwise };
  for (const part of (text ?? '').split(/[\s,]+/)) {
    const [, name = '', number = ''] = /^(\w+)=(\d{1,15}(?:\.\d{1,3})?)$/.exec(part) ?? [];
    const isCount = name !== 'streamMinutes';
    if (Object.hasOwn(quota, name) && !(isCount && number.includes('.'))) quota[name as keyof Quota] = Number(number);
  }
  if (quota.objects > 0) quota.objects = Math.max(quota.objects, LEAST_OBJECTS);
  return quota;
}

/** The smaller of two limits. */
export function tighter(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);
}
