import type { What } from './what.ts';

/** The history of a cluster, as served beneath `/clusters/{id}/islet/v1/history`. Times are RFC 3339. */
export const HISTORY_PATH = '/islet/v1/history';
export const REWIND_PATH = `${HISTORY_PATH}/rewind`;

export interface Moment {
  revision: number;
  time: string;
}

/** `GET …/history`. With `?time=`, `at` is the newest revision of that time. */
export interface HistoryRange {
  oldest: Moment;
  newest: Moment;
  at?: Moment;
}

/** One write. */
export interface HistoryChange extends Moment {
  change: 'create' | 'update' | 'delete';
  /** `deployments.apps` */
  resource: string;
  kind: string;
  apiVersion: string;
  /** '' for cluster-scoped objects. */
  namespace: string;
  name: string;
  /** `islet:admin (kubectl)`, `deployment-controller` */
  who: string;
  /** `scaled from 1 to 3` */
  what: string;
  /** The same in codes. */
  parts: readonly What[];
  /** The revision of the object before; 0 for a create. */
  previous: number;
  /** A person asked for it: it is no controller's, node's or the server's own. */
  byPerson?: true;
}

/** `GET …/history/changes?after=&until=&limit=&order=&resource=&namespace=&name=&events=&by=`. `by=people`: only what people asked for. */
export interface HistoryChanges {
  items: HistoryChange[];
  /** Where there may be more: `after` of the next page, or its `until` where the newest come first. */
  continue?: number;
}

/** An object that differs between two revisions. */
export interface HistoryDifference {
  change: 'added' | 'removed' | 'changed';
  resource: string;
  kind: string;
  apiVersion: string;
  namespace: string;
  name: string;
  /** The revisions that the object had at both. */
  from?: number;
  to?: number;
  /** Of a changed object: `spec.replicas`, `status.conditions`. Values are read from the two revisions. */
  fields?: string[];
}

/** `GET …/history/diff?from=&to=&limit=&continue=&resource=&namespace=&name=` */
export interface HistoryDiff {
  from: number;
  to: number;
  items: HistoryDifference[];
  /** Where there may be more. */
  continue?: string;
}

/** `POST …/history/rewind`: brings the wishes of an earlier revision back, of all objects, of a namespace, or of one. */
export interface RewindRequest {
  revision: number;
  /** Tells what would be done, and does nothing. */
  dryRun?: boolean;
  resource?: string;
  namespace?: string;
  name?: string;
  /** Changes that one request makes, at most. */
  limit?: number;
  /** From the answer before, to go on. */
  continue?: string;
}

export interface RewindAction {
  action: 'create' | 'update' | 'delete';
  resource: string;
  kind: string;
  apiVersion: string;
  namespace: string;
  name: string;
  /** Of an update: `spec.replicas`. */
  fields?: string[];
  /** The server's words, where the change was refused. */
  error?: string;
}

export interface RewindAnswer {
  revision: number;
  dryRun: boolean;
  /** In the order in which they are made. */
  items: RewindAction[];
  /** The changes that are left, and where the next request goes on. */
  remaining: number;
  continue?: string;
}
