/** One request of the device flow, from the program's question to the person's answer. It lives for minutes. */
import { rfc3339 } from '../../kube/machinery/time.ts';
import {
  DEVICE_INTERVAL,
  DEVICE_SECONDS,
  type DeviceApproval,
  type DeviceAsk,
  type DeviceGrantRpc,
} from '../../wire/device-rpc.ts';
import type { Handlers } from '../../wire/rpc-call.ts';
import { first, type Sql } from './sql.ts';

export interface DeviceGrantPorts {
  sql: Sql;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Sets the object's alarm, which ends it. */
  setAlarm(due: number): void;
  /** Removes all that is stored. */
  removeAll(): void;
}

type Row = { secret: string; ask: string; created: number; decision: string | null };
type Decision = { approval: DeviceApproval } | { denied: true };

/** A poll may be this much early: networks differ from one to the next. Milliseconds. */
const EARLY_MS = 500;

export function openDeviceGrant({ sql, now, setAlarm, removeAll }: DeviceGrantPorts): Handlers<DeviceGrantRpc> {
  let lastPoll: number | undefined;
  const row = (): Row | undefined => {
    // A look at a code that was guessed stores nothing.
    const known = first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'device'"));
    const found = known && first(sql.query<Row>('SELECT secret, ask, created, decision FROM device'));
    return found && found.created + DEVICE_SECONDS * 1000 > now() ? found : undefined;
  };
  return {
    begin({ secret, ...ask }) {
      if (row()) return false;
      removeAll();
      sql.run('CREATE TABLE device (secret TEXT NOT NULL, ask TEXT NOT NULL, created INTEGER NOT NULL, decision TEXT)');
      sql.run('INSERT INTO device (secret, ask, created) VALUES (?, ?, ?)', secret, JSON.stringify(ask), now());
      setAlarm(now() + DEVICE_SECONDS * 1000);
      return true;
    },
    look() {
      const found = row();
      if (!found || found.decision !== null) return undefined;
      const { ask, created } = found;
      const expires = rfc3339(created + DEVICE_SECONDS * 1000);
      return { ...(JSON.parse(ask) as DeviceAsk), created: rfc3339(created), expires };
    },
    decide({ approval }) {
      const found = row();
      if (!found || found.decision !== null) return false;
      const decision: Decision = approval ? { approval } : { denied: true };
      sql.run('UPDATE device SET decision = ?', JSON.stringify(decision));
      return true;
    },
    poll({ secret }) {
      const found = row();
      if (found?.secret !== secret) return { state: 'expired' };
      const soonest = lastPoll === undefined ? 0 : lastPoll + DEVICE_INTERVAL * 1000 - EARLY_MS;
      lastPoll = now();
      if (found.decision === null) return { state: now() < soonest ? 'too fast' : 'pending' };
      const decision = JSON.parse(found.decision) as Decision;
      removeAll();
      return 'denied' in decision ? { state: 'denied' } : { state: 'approved', ...decision.approval };
    },
  };
}
