/** The table of what `npm run fuzz` tries: a file, or a part of one, each. */
import type { Target } from './target.ts';
import { aggregated, conversions, webhooks } from './targets/answers.ts';
import { certificateRequests, protobuf } from './targets/binary.ts';
import { bodies } from './targets/bodies.ts';
import { expressions } from './targets/expressions.ts';
import { http } from './targets/http.ts';
import { kubelet } from './targets/kubelet.ts';
import { managedFields } from './targets/managed-fields.ts';
import { paths, selectors, streams, yaml } from './targets/parsers.ts';
import { patches } from './targets/patches.ts';
import { policies } from './targets/policies.ts';
import { quantities } from './targets/quantities.ts';
import { questions } from './targets/questions.ts';
import { schemas } from './targets/schemas.ts';
import { sockets } from './targets/sockets.ts';
import { frames, tokens } from './targets/tokens.ts';
import { writes } from './targets/writes.ts';

/** Run in this process. */
export const QUICK: readonly Target[] = [
  writes,
  bodies,
  patches,
  managedFields,
  questions,
  protobuf,
  certificateRequests,
  quantities,
  expressions,
  schemas,
  tokens,
  frames,
  selectors,
  paths,
  yaml,
  streams,
  webhooks,
  conversions,
  aggregated,
  policies,
  kubelet,
  sockets,
];

/** {@link QUICK}, and those that need a service. */
export const TARGETS: readonly Target[] = [...QUICK, http];
