/**
 * persistent-volume-binder (upstream `pkg/controller/volume/persistentvolume`): claims get volumes, and volumes whose
 * claims are gone are reclaimed. It looks at a claim or a volume when either, a class or a consumer changes; upstream also
 * looks at all of them every fifteen seconds.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Claim, Draft, Volume } from './persistent-volume-binder/binding.ts';
import { syncClaim } from './persistent-volume-binder/claim.ts';
import {
  bindableVolume,
  CLAIMS,
  CLASSES,
  claimFacts,
  claimsByWant,
  ofClaim,
  ofClass,
  ofVolume,
  podClaims,
  podsByClaim,
  VOLUMES,
  volumesByUse,
} from './persistent-volume-binder/facts.ts';
import { volumeGauges } from './persistent-volume-binder/gauges.ts';
import { RECYCLER_NAMESPACE, recycledBy } from './persistent-volume-binder/recycler.ts';
import { syncVolume } from './persistent-volume-binder/volume.ts';
import { type DelayedKey, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

/** The time after which a claim tells of pods that still wait for their node: upstream's period. */
const CONSUMERS = 15_000;

export const persistentVolumeBinder = defineController({
  name: 'persistent-volume-binder',
  eventSource: 'persistentvolume-controller',
  for: '*',
  watches: [
    { resource: VOLUMES, map: onVolume },
    { resource: CLAIMS, map: onClaim },
    { resource: CLASSES, map: onClass },
    { resource: 'pods', map: onPod },
  ],
  projections: [bindableVolume, claimFacts, podClaims],
  indexes: [volumesByUse, claimsByWant, podsByClaim],
  gauges: volumeGauges,
  // Two runs at once would give two claims one volume, and one of them would have to start anew.
  concurrency: 1,
  reconcile,
});

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { resource, namespace, name } = parseKey(key);
  if (resource === CLAIMS) {
    const claim = view.get<Claim>(CLAIMS, namespace, name);
    return claim ? planOf(syncClaim(claim, view)) : { actions: [] };
  }
  const volume = view.get<Volume>(VOLUMES, '', name);
  if (!volume) return { actions: [] };
  const { draft, again } = syncVolume(volume, view, { now, memo });
  return { ...planOf(draft), ...again };
}

function planOf({ actions }: Draft): Plan {
  return { actions };
}

/** It concerns its claim, claims that name it and, once it is free, those that it may fit. */
function onVolume({ key, before, after }: ObjectChange, view: View): Key[] {
  const keys = [key];
  for (const { claim } of [before, after].flatMap((state) => bindableVolume.of(state) ?? [])) {
    if (claim) keys.push(keyOf(CLAIMS, claim.namespace, claim.name));
  }
  const facts = bindableVolume.of(after);
  const wants = [ofVolume(parseKey(key).name)];
  if (facts?.phase === 'Available' && !facts.claim) wants.push(ofClass(facts.class));
  for (const want of wants) for (const claim of view.index(claimsByWant, want)) keys.push(claim.key);
  return [...new Set(keys)];
}

function onClaim({ key, before, after }: ObjectChange, view: View): Key[] {
  const was = claimFacts.of(before);
  const is = claimFacts.of(after);
  const keys = after ? [key] : [];
  if (before?.uid === after?.uid && was?.volume === is?.volume) return keys;
  for (const name of [was?.volume, is?.volume]) if (name) keys.push(keyOf(VOLUMES, '', name));
  const { namespace, name } = parseKey(key);
  for (const volume of view.index(volumesByUse, ofClaim(namespace, name))) keys.push(volume.key);
  return [...new Set(keys)];
}

/** Claims of the class, and those without one, whose default it may be. */
function onClass({ key }: ObjectChange, view: View): Key[] {
  const { name } = parseKey(key);
  return [ofClass(name), ofClass('')].flatMap((want) => [...view.index(claimsByWant, want)].map((claim) => claim.key));
}

function onPod({ key, before, after }: ObjectChange, view: View): (Key | DelayedKey)[] {
  const { namespace, name: podName } = parseKey(key);
  const recycled = namespace === RECYCLER_NAMESPACE ? recycledBy(podName) : undefined;
  const was = podClaims.of(before);
  const is = podClaims.of(after);
  return [
    ...(recycled === undefined ? [] : [keyOf(VOLUMES, '', recycled)]),
    ...(was?.names ?? [])
      .filter((name) => !is?.names.includes(name))
      .flatMap((name) => released(namespace, name, view)),
    ...(was || is?.isScheduled ? [] : (is?.names ?? [])).flatMap((name) => awaited(namespace, name, view)),
  ];
}

/** Volumes that could not be recycled while a pod used them. */
function released(namespace: string, name: string, view: View): Key[] {
  const kept = [...view.index(volumesByUse, ofClaim(namespace, name))];
  return kept.filter((volume) => bindableVolume.of(volume)?.phase === 'Released').map(({ key }) => key);
}

function awaited(namespace: string, name: string, view: View): DelayedKey[] {
  const key = keyOf(CLAIMS, namespace, name);
  const facts = claimFacts.of(view.projection(key));
  return facts && !facts.isBound && facts.volume === '' ? [{ key, after: CONSUMERS }] : [];
}
