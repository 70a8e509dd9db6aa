/** `…/status`, and others that show the whole object and change a part of it: the strategy says which. */
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import type { Subresource } from './subresource.ts';

export const part: Subresource = { get, update, patch };
