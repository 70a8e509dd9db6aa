import type { Plugin } from '../framework.ts';
import { bindingOf } from '../requests.ts';

/** The API's own binding (`defaultbinder`). */
export const DefaultBinder: Plugin = { name: 'DefaultBinder', bind: (pod, node) => bindingOf(pod, node) };
