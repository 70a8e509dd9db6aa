/** What axe-core finds on a page, in the rules of WCAG 2.2 A and AA. Its script is brought by the test, past the policy. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

/** Elements shown of one rule. */
const SHOWN = 3;

/** Rules that a narrow window has another answer to than a wide one. */
export const OF_WIDTH = ['scrollable-region-focusable', 'target-size'];

/** One line for each element that breaks a rule: `color-contrast (serious): <span …> …`; of all rules, or of some. */
export async function findBarriers(page: Page, only?: readonly string[]): Promise<string[]> {
  // Through the debugger, which no Content-Security-Policy binds.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async ([tags, some]) => {
      // Each link of the page is a fragment, which the rule about skip links takes for one where it is out of sight.
      const rules = some ? {} : { 'skip-link': { enabled: false } };
      const { axe: here } = window as unknown as {
        axe: { run(options: object): Promise<{ violations: Violation[] }> };
      };
      const { violations } = await here.run({
        runOnly: some ? { type: 'rule', values: some } : { type: 'tag', values: tags },
        resultTypes: ['violations'],
        rules,
      });
      return violations;
    },
    [TAGS, only] as const,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes
      .slice(0, SHOWN)
      .map(({ html, failureSummary = '' }) => `${id} (${impact}): ${html.slice(0, 160)} ${failureSummary}`),
  );
}
