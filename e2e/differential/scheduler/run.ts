/**
 * Random clusters and pods are sent to kube-scheduler and to Islet's, without controllers: each pod must come to the same
 * node, or be refused with the same message and make room at the same pods' expense. Where scores tie, both choices
 * must be among those that Islet's plugins allow.
 * `PEERS=FOLDER node e2e/differential/scheduler/run.ts [TRIALS] [SEED]`. Exits with 1 where something differs.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parse } from 'yaml';
import { startPeer } from '../../../bench/targets/peer.ts';
import { parseSettings } from '../../../durable-objects/scheduler/configuration/settings.ts';
import { chance } from '../../../durable-objects/scheduler/testing/objects.ts';
import type { Json } from '../mutations.ts';
import { startInProcess } from '../sequences/in-process.ts';
import { overHttp } from '../sequences/servers.ts';
import { deviceClaim, deviceSlices, EXTENDED } from './devices.ts';
import { Generator } from './generate.ts';
import { claims, csiNode } from './generate-volumes.ts';
import { lateVolumes } from './late-volumes.ts';
import { Place } from './place.ts';
import { type Outcome, possible } from './possible.ts';

const { PEERS, PODS = '25', DEVICES } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of the real programs; it is not set');
const [trials = 10, first = 1] = process.argv.slice(2).map(Number);

/** Until informers have seen what was written. */
const SEEN_MS = 250;

const text = readFileSync(new URL('profiles.yaml', import.meta.url), 'utf8');
const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const { profiles } = parseSettings(HEAD + text);
const peer = await startPeer(PEERS, 'scheduler', { schedulerConfiguration: parse(text) });
const islet = await startInProcess(['controllers']);
const upstream = new Place({ name: 'upstream', ask: overHttp(peer), now: Date.now });
const ours = new Place({ name: 'islet', ask: islet.ask, now: islet.now });
const both = [upstream, ours];
const counts = { pods: 0, placed: 0, tied: 0, refused: 0, preempting: 0, devices: 0, late: 0, resized: 0, differ: 0 };
try {
  for (const place of both) await place.prepare();
  await ours.must('POST', '/api/v1/namespaces/kube-system/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-scheduler' },
    data: { 'config.yaml': HEAD + text },
  });
  for (let seed = first; seed < first + trials; seed++) {
    await trial(seed);
    for (const place of both) await place.clear();
  }
} finally {
  islet.stop();
  await peer.stop();
}
console.log(
  `${trials} clusters, ${counts.pods} pods: ${counts.placed} placed (${counts.tied} of several nodes with one score, ` +
    `${counts.devices} with devices, ${counts.late} waiting for volumes, ${counts.resized} resized), ` +
    `${counts.refused} refused (${counts.preempting} make room); ${counts.differ} differ`,
);
process.exit(counts.differ > 0 ? 1 : 0);

async function trial(seed: number): Promise<void> {
  const { next } = chance(seed * 7919);
  const generator = new Generator(next, [...profiles.keys()]);
  const nodes = Array.from({ length: generator.between(1, 7) }, (_, i) => generator.node(`n${i + 1}`));
  const made = [
    ...nodes,
    ...deviceSlices(generator, nodes.length),
    ...Array.from({ length: generator.between(0, 2) }, (_, i) => generator.service(`s${i}`)),
    ...Array.from({ length: generator.between(0, 2) }, (_, i) => generator.budget(`b${i}`)),
    ...['n1', 'n2', 'n3'].map((name) => csiNode(generator, name)),
    ...claims(generator),
  ];
  for (const place of both) for (const object of made) await place.add(object);
  await setTimeout(SEEN_MS * 2);
  for (let i = 0; i < Number(PODS); i++) {
    const pod = DEVICES ? generator.plainPod(`p${i}`) : generator.pod(`p${i}`);
    const names = nodes.map(({ metadata }) => metadata.name as string);
    const late = !DEVICES && generator.often(20) ? lateVolumes(generator, pod, names) : [];
    if (late.length > 0) await withVolumes(late);
    else if (!isExtended(pod) && generator.often(DEVICES ? 95 : 35)) await claimFor(pod, generator);
    await judge({ seed, index: i, pod, late }, next);
    if (late.length > 0) for (const place of both) await place.drop(late);
  }
}

async function withVolumes(late: readonly Json[]): Promise<void> {
  for (const place of both) for (const object of late) await place.add(object);
  await setTimeout(SEEN_MS);
}

function isExtended(pod: Json): boolean {
  return JSON.stringify(pod).includes(EXTENDED);
}

/** The pod asks for devices. */
async function claimFor(pod: Json, generator: Generator): Promise<void> {
  const { name, namespace } = pod.metadata;
  const claim = deviceClaim(generator, name, namespace);
  const made = [await upstream.addClaim(claim), await ours.addClaim(claim)];
  if (made.every((isMade) => isMade)) pod.spec.resourceClaims = [{ name: 'devices', resourceClaimName: name }];
}

interface Case {
  seed: number;
  index: number;
  pod: Json;
  /** Claims and volumes that are there for this pod. */
  late: readonly Json[];
}

async function judge({ seed, index, pod, late }: Case, next: () => number): Promise<void> {
  const state = await upstream.state();
  const [theirs, our] = await Promise.all(both.map((place) => place.outcome(pod, late)));
  if (!theirs || !our) return;
  const stored = { ...(await upstream.must('GET', pathOf(pod))) };
  const { nodeName: _, ...spec } = stored.spec;
  const profile = profiles.get(spec.schedulerName);
  if (!profile) throw new Error(`no profile ${spec.schedulerName}`);
  const allowed = possible({ ...stored, spec, status: {} }, state, profile, next);
  counts.pods++;
  const texts = new Set(allowed.map((outcome) => JSON.stringify(outcome)));
  if (![theirs, our].every((outcome) => texts.has(JSON.stringify(outcome)))) {
    counts.differ++;
    console.log(`\nseed ${seed}, pod ${index}: ${JSON.stringify(pod)}`);
    console.log(`  upstream ${JSON.stringify(theirs)}\n  islet    ${JSON.stringify(our)}`);
    console.log(`  allowed  ${[...texts].join('\n           ')}`);
    if (process.env.STATE) {
      console.log(`  late ${JSON.stringify(late)}`);
      const devices = Object.entries(state.others).filter(([key]) => key.includes('.resource.k8s.io/'));
      console.log(`  nodes ${JSON.stringify(state.nodes)}\n  pods ${JSON.stringify(state.pods)}`);
      console.log(`  devices ${JSON.stringify(devices.map(([, object]) => object))}`);
    }
  }
  if (late.length > 0) await withdraw(pod, theirs, our);
  else await goOn(pod, theirs, our, index, allowed.length > 1);
}

/** A pod with volumes of its own leaves nothing behind. */
async function withdraw(pod: Json, theirs: Outcome, our: Outcome): Promise<void> {
  if (!theirs.node) counts.refused++;
  else if (theirs.volumes.length > 0) counts.late++;
  else counts.placed++;
  for (const place of both) await place.remove(pod);
  await alike(theirs.victims, our.victims);
  await setTimeout(SEEN_MS);
}

/** Both clusters are alike again: pods are where upstream's are, and those that fit nowhere are gone. */
async function goOn(pod: Json, theirs: Outcome, our: Outcome, index: number, isTied: boolean): Promise<void> {
  if (theirs.node) {
    counts.placed++;
    if (isTied) counts.tied++;
    if (theirs.devices.length > 0) counts.devices++;
    const isAlike = our.node === theirs.node && String(our.devices) === String(theirs.devices);
    if (!isAlike && isExtended(pod)) {
      // What the scheduler has made for the pod cannot be made alike.
      for (const place of both) await place.forget(pod);
      await setTimeout(SEEN_MS);
      return;
    }
    if (our.node !== theirs.node) await ours.move(pod, theirs.node);
    if (String(our.devices) !== String(theirs.devices)) {
      await ours.allocate(pod, (await upstream.claimOf(pod))?.status.allocation);
    }
    const cpu = index % 5 === 0 ? `${(index + 1) * 150}m` : undefined;
    for (const place of both) {
      await place.started(pod, index);
      if (cpu && (await place.resize(pod, cpu, index % 2 === 0)) && place === ours) counts.resized++;
    }
    if (cpu) await setTimeout(SEEN_MS);
    return;
  }
  counts.refused++;
  if (theirs.nominated) counts.preempting++;
  const isPreempting = theirs.victims.length + our.victims.length > 0;
  if (our.devices.length > 0) await ours.allocate(pod, undefined);
  for (const place of both) await place.remove(pod);
  if (!isPreempting) return;
  if (String(theirs.victims) === String(our.victims)) for (const place of both) await place.removeVictims();
  else await alike(theirs.victims, our.victims);
  await setTimeout(SEEN_MS);
}

/** The victims of either are gone on both sides. */
async function alike(...victims: (readonly string[])[]): Promise<void> {
  for (const name of victims.flat()) {
    const [namespace, podName] = name.split('/');
    for (const place of both) await place.remove({ metadata: { namespace, name: podName } } as Json);
  }
}

function pathOf({ metadata }: Json): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
