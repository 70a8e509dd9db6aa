/** A few pages of the Kubernetes documentation, line by line; `npm run tutorials` plays all of them. */
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../testing/index.ts';
import { PAGES } from '../tutorials/pages.ts';
import { RealTerminal } from '../tutorials/real.ts';
import { CLOCK, play } from '../tutorials/transcript/play.ts';
import { findKubectl } from './find-kubectl.ts';

const PLAYED = [
  'tutorials/kubernetes-basics/scale/scale-intro',
  'tutorials/kubernetes-basics/expose/expose-intro',
  'tutorials/stateless-application/guestbook',
  'tutorials/security/ns-level-pss',
];

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('the documentation of Kubernetes', () => {
  test.each(PLAYED)(
    '%s',
    async (path) => {
      const page = PAGES.find((one) => one.path === path);
      if (!page) throw new Error('no such page');
      await using cluster = await startCluster();
      await using terminal = await RealTerminal.open('path' in found ? found.path : '', cluster.kubeconfig, page);
      expect((await play(page, terminal, CLOCK)).join('\n\n')).toBe('');
    },
    300_000,
  );
});
