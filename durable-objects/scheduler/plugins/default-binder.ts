import type { Plugin } from '../framework/interface.ts';
import { bindingOf } from './common/requests.ts';

/** The API's own binding (`defaultbinder`). */
export const DefaultBinder: Plugin = { name: 'DefaultBinder', bind: (pod, node) => bindingOf(pod, node) };
