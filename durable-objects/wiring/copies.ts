/** The cluster as the source of copies, and as one. */
import type { Kinds } from '../../kube/kinds/registry.ts';
import type { ClusterUse } from '../../wire/cluster-life-rpc.ts';
import { ADMINISTRATOR } from '../../wire/identity.ts';
import type { SnapshotHead, SnapshotPage } from '../../wire/snapshot.ts';
import { bootstrap } from '../apiserver/bootstrap.ts';
import { checkKept, oldestRevision } from '../apiserver/past.ts';
import type { RequestHandler } from '../apiserver/request.ts';
import { adopt } from '../history/adopt.ts';
import { applyManifest } from '../history/import.ts';
import type { SqliteStore } from '../store/mvcc.ts';
import type { Notes } from '../store/notes.ts';
import { BOOTSTRAP_POLICIES_NOTE, type BootstrapPolicies } from './bootstrap-policies.ts';

const OWNER = { name: ADMINISTRATOR.sub, groups: ADMINISTRATOR.groups };

export interface CopiesPorts {
  store: SqliteStore;
  notes: Notes;
  api: RequestHandler;
  kinds: Kinds;
  pause(): Promise<void>;
  policies: BootstrapPolicies;
  now(): number;
  report(about: string, error: unknown): void;
}

export interface Copies {
  /** The newest revision when none is named. Throws 410 and 504. */
  head(revision?: number): SnapshotHead;
  rows(revision: number, position: string): SnapshotPage;
  /** Makes this copy a cluster of its own. Idempotent. */
  adopt(): Promise<void>;
  /** Throws a `BadFile` for a manifest of which an object is refused. */
  applyManifest(text: string): Promise<number>;
  use(): ClusterUse;
}

export function makeCopies(ports: CopiesPorts): Copies {
  const { store, notes, api, kinds, policies, pause, now } = ports;
  return {
    head(revision = store.revision) {
      checkKept(revision, store);
      // The roles of this build are there: a copy need not look for each.
      const build = notes.read(BOOTSTRAP_POLICIES_NOTE) ?? '';
      return { revision, notes: { ...store.snapshots.given, [BOOTSTRAP_POLICIES_NOTE]: build } };
    },
    rows(revision, position) {
      checkKept(revision, store);
      return store.snapshots.state(revision, position);
    },
    async adopt() {
      // At an early revision some of a cluster's first objects are not there yet.
      await Promise.all([policies.done, bootstrap(api, now())]);
      await adopt(ports);
    },
    applyManifest: (text) => applyManifest(text, { api, kinds, pause, user: OWNER }),
    use: () => ({
      bytes: store.use.used,
      objects: store.count(''),
      revision: store.revision,
      oldest: oldestRevision(store),
    }),
  };
}
