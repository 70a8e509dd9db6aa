/** docs/tutorials.md, from the pages that are played. */
import type { Page } from './parse.ts';
import { REASONS, type Reason } from './reasons.ts';

const KEYS = Object.keys(REASONS) as Reason[];

export function tableOf(pages: readonly Page[]): string {
  const rows = pages.map((page) => {
    const why = KEYS.map((key) => ({ key, count: page.left.filter((left) => left.why === key).length }));
    const counts = why.filter(({ count }) => count > 0).map(({ key, count }) => `${key} ${count}`);
    const works = page.steps.filter(({ kind }) => kind !== 'prepares').length;
    return `| [${page.path}](https://kubernetes.io/docs/${page.path}/) | ${works} of ${works + page.left.length} | ${counts.join(', ')} |`;
  });
  return `${HEAD}${rows.join('\n')}

${FOOT}${KEYS.map((key) => `- **${key}**: ${REASONS[key]}.`).join('\n')}
`;
}

const HEAD = `# The documentation's tutorials

Pages of the Kubernetes documentation that need no cloud, followed line by line with a real kubectl on a new cluster with
simulated nodes. Each line must end as its page says, and print what its page prints (ages, hashes and addresses aside).
\`npm run tutorials\` plays them all and writes this page; \`PAGE=guestbook npm run tutorials\` plays one. The lines are in
\`e2e/tutorials/pages/\`, with manifests of the same names and fields, in words of our own, in the place of those of
\`k8s.io/examples\`.

| page | lines that work | lines that cannot, and why |
| --- | --- | --- |
`;

const FOOT = `Where a page's text is older than kubectl 1.36, what kubectl prints now counts. Simulated containers have their image and
start at once, so \`ContainerCreating\` is not seen; \`islet.dev/simulated-start-after\` makes it seen ([simulated.md](simulated.md)).
A node of your own, with a real container runtime, runs the programs ([nodes.md](nodes.md)).

Why a line cannot be followed:

`;
