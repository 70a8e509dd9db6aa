/** LIST of 5,000 pods of about 5 KB, whole, one after the other, as JSON, as protobuf and as the Table of kubectl get. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { PROTOBUF_TYPE } from '../../wire/protobuf.ts';
import { call, must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { idlePod } from './objects.ts';

const PODS = 5_000;
const AT_ONCE = 32;
const SECONDS = 3;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const PATH = '/api/v1/namespaces/default/pods';

export async function listCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  const pods = Array.from({ length: PODS }, (_, i) => idlePod(`listed-${i}`));
  let stored = pods;
  for (const target of targets) {
    const filled = await fill(target, target.addsNothing ? stored : pods);
    if (target.name === 'islet') stored = filled;
  }
  const of = await inTurns(targets, runs, (target) =>
    load(target, { connections: 1, seconds: SECONDS, script: '', path: PATH }),
  );
  // The bare object knows one format.
  const both = targets.filter((target) => !target.addsNothing);
  const encoded = await inTurns(both, runs, (target) =>
    load(target, { connections: 1, seconds: SECONDS, script: '', path: PATH, accept: PROTOBUF_TYPE }),
  );
  const tables = await inTurns(both, runs, (target) =>
    load(target, { connections: 1, seconds: SECONDS, script: '', path: PATH, accept: TABLE }),
  );
  for (const target of targets) {
    await call(target, 'DELETE', `${PATH}?labelSelector=app%3Dbench-list&gracePeriodSeconds=0`);
  }
  const name = `LIST of ${PODS} pods`;
  return [
    { case: name, what: 'rate', unit: 'MB/s', values: of('megabytesPerSecond') },
    { case: name, what: 'p50', unit: 'ms', values: of('p50') },
    { case: name, what: 'server CPU a request', unit: 'CPU ms', values: of('cpu') },
    { case: `${name} as protobuf`, what: 'p50', unit: 'ms', values: encoded('p50') },
    { case: `${name} as protobuf`, what: 'server CPU a request', unit: 'CPU ms', values: encoded('cpu') },
    { case: `${name} as a Table`, what: 'p50', unit: 'ms', values: tables('p50') },
    { case: `${name} as a Table`, what: 'server CPU a request', unit: 'CPU ms', values: tables('cpu') },
  ];
}

/** Creates the pods, and returns the server's answer to each. */
async function fill(target: Target, pods: readonly KubeObject[]): Promise<KubeObject[]> {
  const stored: KubeObject[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < pods.length; i = next++) stored[i] = await must(target, 'POST', PATH, pods[i]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return stored;
}
