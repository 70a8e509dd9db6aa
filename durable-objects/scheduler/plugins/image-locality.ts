import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { MAX_SCORE, type Plugin } from '../framework/interface.ts';

const MIN_THRESHOLD = 23 * 1024 * 1024;
const MAX_CONTAINER_THRESHOLD = 1000 * 1024 * 1024;

/**
 * Prefers nodes that hold the pod's images already, weighed by how many nodes do (`imagelocality/image_locality.go`).
 */
export const ImageLocality: Plugin = {
  name: 'ImageLocality',
  prefers: 'images',
  abstains: (cycle) => !imagesOf(cycle).some((image) => cycle.snapshot.image(image)),
  score(cycle, node) {
    const images = imagesOf(cycle);
    const { initContainers = [], containers = [] } = cycle.pod.spec ?? {};
    const max = MAX_CONTAINER_THRESHOLD * (initContainers.length + containers.length);
    const present = Math.max(MIN_THRESHOLD, Math.min(max, sumOf(cycle, images, node)));
    return Math.floor((MAX_SCORE * (present - MIN_THRESHOLD)) / (max - MIN_THRESHOLD));
  },
};

function sumOf(cycle: CycleState, images: readonly string[], node: NodeInfo): number {
  const total = cycle.snapshot.nodes.length;
  let sum = 0;
  for (const image of images) {
    const state = node.facts?.images.has(image) ? cycle.snapshot.image(image) : undefined;
    if (state) sum += Math.floor(state.size * (state.nodes / total));
  }
  return sum;
}

function imagesOf(cycle: CycleState): readonly string[] {
  const known = cycle.get<string[]>('ImageLocality');
  if (known) return known;
  const spec = cycle.pod.spec;
  const images = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((c) => withTag(c.image ?? ''));
  for (const { image } of spec?.volumes ?? []) if (image) images.push(withTag(image.reference ?? ''));
  cycle.set('ImageLocality', images);
  return images;
}

function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
