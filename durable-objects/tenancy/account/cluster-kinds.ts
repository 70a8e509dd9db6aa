/** Tells clusters whose limits they have: when a visitor becomes a person, and when a cluster has come from elsewhere. */
import type { AccountKind } from '../../../wire/account-rpc.ts';
import type { ClusterLifeRpc } from '../../../wire/cluster-life-rpc.ts';
import type { ClusterRpc } from '../../../wire/rpc.ts';
import { rpcOf } from '../../../wire/rpc-call.ts';
import type { AccountClusters } from '../account-clusters.ts';
import type { Alarms } from './alarms.ts';

export interface KindPorts {
  alarms: Alarms;
  clusters: AccountClusters;
  cluster(id: string): ClusterRpc;
  kind(): AccountKind;
  /** Milliseconds since the epoch. */
  now(): number;
}

const TELL = 'tell clusters the kind of their account';

export class ClusterKinds {
  readonly #ports: KindPorts;

  constructor(ports: KindPorts) {
    this.#ports = ports;
    ports.alarms.on(TELL, () => this.#tellAll());
  }

  /** By the alarm, which tries again until all clusters know. */
  tell(): void {
    const { alarms, now } = this.#ports;
    alarms.set(TELL, now());
  }

  async #tellAll(): Promise<void> {
    const { clusters, cluster, kind } = this.#ports;
    for (const { id } of clusters.list()) await rpcOf<ClusterLifeRpc>(cluster(id)).setKind({ kind: kind() });
  }
}
