/** `kubectl rollout` */
import type { Command } from '../../command.ts';
import { history } from './history.ts';
import { pause, restart, resume } from './marks.ts';
import { status } from './status.ts';
import { undo } from './undo.ts';

export const rollout: Command = {
  name: 'rollout',
  section: 'Deploy Commands',
  short: 'Manage the rollout of a resource',
  long: 'Manage the rollout of one or many resources: deployments, daemonsets and statefulsets.',
  examples: `
# Wait until a rollout is over
kubectl rollout status deployment/web

# Go back to the revision before
kubectl rollout undo deployment/web`,
  args: 'SUBCOMMAND',
  commands: [history, pause, restart, resume, status, undo],
};
