/** The streams of a cluster, and the time for which they are open, with the ports of both. */
import { CUT_PATH } from '../../wire/stream.ts';
import { StreamMinutes } from '../metering/stream-minutes.ts';
import { StreamTimes } from '../metering/stream-times.ts';
import type { AgentLink, AgentSocket } from '../nodes/agent-link.ts';
import type { SqlPort } from '../store/sql/port.ts';
import type { ClusterRecord } from '../tenancy/token-registry.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { ClusterLimits } from './cluster-limits.ts';
import { type ControlPlane, STREAM_TIMER } from './control-plane.ts';
import { accountOf, type ObjectEnv } from './env.ts';
import { Streams } from './http/streams.ts';

export interface ClusterStreamsPorts {
  env: ObjectEnv;
  record: ClusterRecord;
  sql: Pick<SqlPort, 'query' | 'first' | 'run'>;
  agents: Pick<AgentLink<AgentSocket>, 'connected' | 'send'>;
  access: Pick<ClusterAccess, 'tokens'>;
  limits: Pick<ClusterLimits, 'quota'>;
  /** Made after this. */
  controlPlane(): ControlPlane;
  now(): number;
  uuid(): string;
}

export interface ClusterStreams {
  streams: Streams;
  minutes: StreamMinutes;
  times: StreamTimes;
}

const TIMER = `${STREAM_TIMER}count`;

export function clusterStreams(ports: ClusterStreamsPorts): ClusterStreams {
  const { env, record, agents, access, controlPlane, now, uuid } = ports;
  const times = new StreamTimes(ports.sql);
  const minutes = minutesOf(ports, times);
  const streams = new Streams({
    env,
    cluster: record.id,
    minutes,
    connected: (node) => agents.connected(node),
    send: (node, message) => agents.send(node, message),
    simulated: (node) => controlPlane().nodes.isSimulated(node),
    ticket: (session, node) => access.tokens.ticket(session, node),
    credentials: () => controlPlane().credentials,
    now,
    uuid,
  });
  return { streams, minutes, times };
}

function minutesOf(ports: ClusterStreamsPorts, times: StreamTimes): StreamMinutes {
  const { env, record, agents, limits, controlPlane, now } = ports;
  return new StreamMinutes({
    times,
    now,
    timer: {
      due: () => controlPlane().streamTimer.get(TIMER)?.due,
      set: (due) => controlPlane().streamTimer.set(TIMER, due),
    },
    limit: () => limits.quota().streamMinutes,
    isVisitor: () => record.kind === 'visitor',
    tell: (use) => accountOf(env, record.account).streamed({ ...use, cluster: record.id }),
    connected: (node) => agents.connected(node),
    end: (node, sessions, reason) => void agents.send(node, { type: 'end-streams', sessions, reason }),
    cut: (session) =>
      // It answers with an error, as it breaks.
      void env.STREAM_SESSION.getByName(`${record.id}/${session}`)
        .fetch(`http://session${CUT_PATH}`)
        .catch(() => {}),
    report: (error) => console.error(`cluster ${record.name}: the time of its streams`, error),
  });
}
