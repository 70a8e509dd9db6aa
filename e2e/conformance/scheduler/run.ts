/**
 * Generated clusters are shown to the real kube-scheduler and to Islet's: both must choose the same node, or give the
 * same reasons and preempt the same pods. `PEERS=FOLDER node e2e/conformance/scheduler/run.ts [COUNT] [SEED]`, where
 * FOLDER holds etcd-server, kube-apiserver and kube-scheduler. Exits with 1 where they differ.
 */
import { startPeer } from '../../../bench/targets/peer.ts';
import { chance } from '../../../durable-objects/scheduler/testing/objects.ts';
import { Generator } from './scenario.ts';
import { build, clear, islet, prepare, upstream } from './verdict.ts';

const { PEERS } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of etcd-server, kube-apiserver and kube-scheduler; it is not set');
const [count = 100, seed = 1] = process.argv.slice(2).map(Number);

const random = chance(seed);
const generator = new Generator(() => random.next());
const peer = await startPeer(PEERS, 'scheduler');
let differ = 0;
try {
  await prepare(peer);
  for (let i = 0; i < count; i++) {
    const scenario = generator.scenario();
    await clear(peer);
    const objects = await build(peer, scenario);
    const { pod, verdict } = await upstream(peer, scenario.pending, objects);
    const verdicts = islet(pod, objects);
    if (verdicts.has(verdict)) continue;
    differ++;
    console.log(
      `${i}: upstream ${verdict}\n   Islet ${[...verdicts].join('\n         ')}\n   ${JSON.stringify(scenario)}`,
    );
  }
} finally {
  await peer.stop();
}
console.log(`${count} clusters of seed ${seed}: ${differ} differ`);
process.exitCode = differ > 0 ? 1 : 0;
