/** The `islet` command line: one file a command, one line each here. */
import { Command, CommanderError } from 'commander';
import { accountCommand } from './commands/account.ts';
import { clustersCommand } from './commands/clusters.ts';
import { addCompletion } from './commands/completion.ts';
import { dashboardCommand } from './commands/dashboard.ts';
import { joinCommand } from './commands/join.ts';
import { kubeconfigCommand } from './commands/kubeconfig.ts';
import { loginCommand } from './commands/login.ts';
import { nodesCommand } from './commands/nodes.ts';
import { secretsCommand } from './commands/secrets.ts';
import { shareCommand } from './commands/share.ts';
import { tokenCommand } from './commands/token.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';
import { whyCommand } from './commands/why.ts';
import { failureText } from './local/user-error.ts';

const program = new Command('islet')
  .description('Kubernetes as a serverless service: each cluster is one Durable Object.')
  .version('0.1.0')
  .addCommand(upCommand())
  .addCommand(joinCommand())
  .addCommand(clustersCommand())
  .addCommand(nodesCommand())
  .addCommand(shareCommand())
  .addCommand(tokenCommand())
  .addCommand(kubeconfigCommand())
  .addCommand(dashboardCommand())
  .addCommand(traceCommand())
  .addCommand(whyCommand())
  .addCommand(loginCommand())
  .addCommand(accountCommand())
  .addCommand(secretsCommand());
addCompletion(program);
hint(program, 'islet');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  console.error(failureText(error, process.env));
  process.exit(1);
}

/** Errors about arguments point to the command's own help. */
function hint(command: Command, path: string): void {
  command.showHelpAfterError(`(see \`${path} --help\`)`);
  for (const each of command.commands) hint(each, `${path} ${each.name()}`);
}
