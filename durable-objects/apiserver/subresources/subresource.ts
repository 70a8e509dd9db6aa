/** The interface of a subresource: one file, one line in `index.ts`. */

import type { Call, ObjectAnswer } from '../call.ts';
import type { ApiResponse, StreamAnswer, WatchAnswer } from '../request.ts';

export type SubresourceAnswer = ObjectAnswer | StreamAnswer | ApiResponse | WatchAnswer;

/** By verb: `get`, `update`, `patch`, `create`. Missing verbs answer 405. */
export type Subresource = Readonly<Record<string, (call: Call) => SubresourceAnswer | Promise<SubresourceAnswer>>>;

/** `metav1.Status` of a write that answers nothing else; upstream puts the code of the response in. */
export function success(code: number): ObjectAnswer {
  const text = `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":${code}}`;
  return { type: 'object', code, text, status: true };
}
