/**
 * The memory of an awake cluster for its objects, in one process: `node --expose-gc bench/heap.ts [OBJECTS]`.
 * SQLite's own memory is not part of the heap, as in a Durable Object.
 */
import { testIdentity } from '../durable-objects/apiserver/testing/identity.ts';
import { openStore } from '../durable-objects/store/mvcc.ts';
import { openNodeSql } from '../durable-objects/store/sql/node.ts';
import type { SqlPort } from '../durable-objects/store/sql/port.ts';
import { assemble } from '../durable-objects/wiring/assemble.ts';
import type { ControlPlane } from '../durable-objects/wiring/control-plane.ts';

const OBJECTS = Number(process.argv[2] ?? 100_000);
const GROUP = 500;
const CAUSE = { kind: 'request', at: 0, user: 'islet:admin', verb: 'create', id: 'b0a1e6c2' } as const;
const OWNER = '00000000-0000-4000-8000-000000000000';
const { gc } = globalThis;
if (!gc) throw new Error('run with --expose-gc');

interface Shape {
  resource: string;
  make(name: string): Made;
}

interface Made {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { app: name, tier: 'backend' }, ...metadata },
  data: { key: 'x'.repeat(300) },
});
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: OWNER };

const shapes: Record<string, Shape> = {
  'ConfigMaps without owners': { resource: 'configmaps', make: (name) => configMap(name) },
  'ConfigMaps of one owner': {
    resource: 'configmaps',
    make: (name) => configMap(name, { ownerReferences: [owner] }),
  },
  'pods that have ended': {
    resource: 'pods',
    make: (name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'web', 'pod-template-hash': '5d7f9' } },
      spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }] },
      status: { phase: 'Succeeded', podIPs: [{ ip: '10.244.0.2' }] },
    }),
  },
};

console.log(`${OBJECTS} objects`.padEnd(28) + 'heap'.padStart(12) + 'an object'.padStart(12));
for (const [name, shape] of Object.entries(shapes)) {
  const grown = await measure(shape);
  const cells = [`${(grown / 1e6).toFixed(1)} MB`, `${Math.round(grown / OBJECTS)} B`];
  console.log(name.padEnd(28) + cells.map((cell) => cell.padStart(12)).join(''));
}

/** The growth of the heap when a cluster that has these objects wakes. */
async function measure(shape: Shape): Promise<number> {
  const sql = openNodeSql();
  await fill(sql, shape);
  const before = heap();
  const machine = await woken(sql);
  const grown = heap() - before;
  machine.stop();
  sql.close();
  return grown;
}

function heap(): number {
  gc?.();
  return process.memoryUsage().heapUsed;
}

async function fill(sql: SqlPort, { resource, make }: Shape): Promise<void> {
  const store = openStore(sql, { inFlight: () => GROUP, defer: (run) => void setImmediate(run) });
  const create = (resource: string, namespace: string, object: Made, uid: string) => {
    const metadata = { uid, creationTimestamp: '2026-01-02T03:04:05Z', ...object.metadata };
    const text = (revision: number) =>
      JSON.stringify({ ...object, metadata: { ...metadata, resourceVersion: String(revision) } });
    const apply = (_: unknown, { revision }: { revision: number }) => ({ text: text(revision) });
    const key = `${resource}/${namespace}/${object.metadata.name}`;
    return store.commit({ key, expect: 'absent', cause: CAUSE, apply });
  };
  await create('configmaps', 'default', configMap('owner'), OWNER);
  await create('nodes', '', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } }, crypto.randomUUID());
  for (let at = 0; at < OBJECTS; at += GROUP) {
    const names = Array.from({ length: Math.min(GROUP, OBJECTS - at) }, (_, index) => `object-${at + index}`);
    await Promise.all(names.map((name) => create(resource, 'default', make(name), crypto.randomUUID())));
  }
}

/** A cluster that has just woken and has nothing left to do. */
async function woken(sql: SqlPort): Promise<ControlPlane> {
  let deferred = 0;
  const controlPlane = assemble({
    sql,
    now: () => Date.now(),
    random: Math.random,
    uuid: () => crypto.randomUUID(),
    defer: (run, ms) => {
      deferred++;
      const soon = () => {
        deferred--;
        run();
      };
      if (ms === 0) setImmediate(soon);
      else setTimeout(soon, ms);
    },
    rootCA: '',
    build: 'bench',
    connections: { connected: () => false, lastHeard: () => undefined, nodes: () => [] },
    tokens: { ...testIdentity(), close: () => {} },
    setAlarm: () => {},
    clearAlarm: () => {},
    report: (about, error) => console.error(about, error),
  });
  controlPlane.wake();
  while (deferred > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return controlPlane;
}
