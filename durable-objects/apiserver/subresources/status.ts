/** `…/status`: the generic verbs, of which only the status counts. */
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import type { Subresource } from './subresource.ts';

export const status: Subresource = { get, update, patch };
