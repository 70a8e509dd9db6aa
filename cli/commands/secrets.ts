/** `islet secrets`: makes the secrets of a deployment, each on standard output for `wrangler secret put`. */
import { createHash, randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { newSealingKey, newSigningKey } from '../local/state.ts';

export function secretsCommand(): Command {
  const command = new Command('secrets').description('make the secrets that a deployment needs');
  command
    .command('signing-key')
    .description('print a new signing key: islet secrets signing-key | npx wrangler secret put ISLET_SIGNING_KEY')
    .action(async () => console.log(await newSigningKey()));
  command
    .command('sealing-key')
    .description(
      'print a new key that encrypts Secrets at rest: islet secrets sealing-key | npx wrangler secret put ISLET_SEALING_KEY',
    )
    .action(() => console.log(newSealingKey()));
  command
    .command('bootstrap')
    .description(
      'print the hash of a new bootstrap secret, and the secret itself on standard error, for `islet login`: ' +
        'islet secrets bootstrap | npx wrangler secret put ISLET_BOOTSTRAP_SECRET',
    )
    .action(() => {
      const secret = randomBytes(32).toString('base64url');
      console.error(`the bootstrap secret, which nothing else keeps: ${secret}`);
      console.log(createHash('sha256').update(secret).digest('hex'));
    });
  return command;
}
