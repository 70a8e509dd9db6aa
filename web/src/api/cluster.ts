/** A cluster as the dashboard sees it: one connection, and a live collection of each kind it shows. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type {
  DaemonSet,
  Deployment,
  Event,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  StatefulSet,
} from '../../../kube/types.ts';
import { SOCKET_PATH } from '../../../wire/socket.ts';
import { LESSON, LESSONS } from '../lessons/config-map.ts';
import { Collection } from './collection.ts';
import { type Connection, SocketConnection } from './connection.ts';
import { PastConnection } from './past-connection.ts';
import { Api } from './request.ts';
import type { ClusterRef } from './session.ts';

export class Cluster {
  readonly ref: ClusterRef;
  /** `/clusters/<id>`: API paths lie beneath it. */
  readonly base: string;
  readonly api: Api;
  readonly connection: Connection;
  /** Of one that is shown as it was: nothing can be changed in it. */
  readonly past: PastConnection | undefined;
  readonly namespaces: Collection<Namespace>;
  readonly nodes: Collection<Node>;
  readonly pods: Collection<Pod>;
  readonly deployments: Collection<Deployment>;
  readonly replicaSets: Collection<ReplicaSet>;
  readonly statefulSets: Collection<StatefulSet>;
  readonly daemonSets: Collection<DaemonSet>;
  readonly events: Collection<Event>;
  /** The ConfigMap that says which lesson the cluster is for, where it is for one. */
  readonly lesson: Collection<KubeObject>;

  /** `revision`: the moment that is shown; now when left out. */
  constructor(ref: ClusterRef, revision?: number) {
    this.ref = ref;
    this.base = `/clusters/${ref.id}`;
    this.api = new Api(this.base);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.past = revision === undefined ? undefined : new PastConnection(this.api, revision);
    const socket = `${scheme}://${location.host}${this.base}${SOCKET_PATH}`;
    this.connection = this.past ?? new SocketConnection(socket);
    this.namespaces = new Collection(this.connection, '/api/v1/namespaces');
    this.nodes = new Collection(this.connection, '/api/v1/nodes');
    this.pods = new Collection(this.connection, '/api/v1/pods');
    this.deployments = new Collection(this.connection, '/apis/apps/v1/deployments');
    this.replicaSets = new Collection(this.connection, '/apis/apps/v1/replicasets');
    this.statefulSets = new Collection(this.connection, '/apis/apps/v1/statefulsets');
    this.daemonSets = new Collection(this.connection, '/apis/apps/v1/daemonsets');
    this.events = new Collection(this.connection, '/api/v1/events');
    this.lesson = new Collection(this.connection, `${LESSONS}?fieldSelector=metadata.name=${LESSON.name}`);
  }

  close(): void {
    this.connection.close();
  }
}
