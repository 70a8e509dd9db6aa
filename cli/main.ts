/** The `islet` command line: one file a command, one line each here. */
import completion from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { accountCommand } from './commands/account.ts';
import { clustersCommand } from './commands/clusters.ts';
import { dashboardCommand } from './commands/dashboard.ts';
import { joinCommand } from './commands/join.ts';
import { kubeconfigCommand } from './commands/kubeconfig.ts';
import { loginCommand } from './commands/login.ts';
import { secretsCommand } from './commands/secrets.ts';
import { tokenCommand } from './commands/token.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';
import { UserError } from './local/user-error.ts';

const program = new Command('islet')
  .description('Kubernetes as a serverless service: each cluster is one Durable Object.')
  .version('0.1.0')
  .addCommand(upCommand())
  .addCommand(joinCommand())
  .addCommand(clustersCommand())
  .addCommand(tokenCommand())
  .addCommand(kubeconfigCommand())
  .addCommand(dashboardCommand())
  .addCommand(traceCommand())
  .addCommand(loginCommand())
  .addCommand(accountCommand())
  .addCommand(secretsCommand())
  .showHelpAfterError('(see `islet --help`)');
// `islet completion bash|zsh|fish` prints a script that asks `islet complete -- WORDS`.
completion(program, { completionCommandName: 'completion' });
program.commands
  .find((command) => command.name() === 'completion')
  ?.description('print a script that completes `islet` in a shell: `source <(islet completion bash)`');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (error instanceof UserError) console.error(`islet: ${error.message}`);
  else console.error(error);
  process.exit(1);
}
