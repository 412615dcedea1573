import { type Command, Option } from 'commander';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { type Cli, cliCaller } from '#server/cli/cli-context.ts';
import { apiKeyScopes } from '#shared/api/ports.ts';

export function register(program: Command, cli: Cli): void {
  const keys = program.command('api-key').description('keys for the HTTP API');
  keys
    .command('create')
    .description('make a key; it is shown once')
    .addOption(new Option('--scope <scope>', 'what it may do').choices([...apiKeyScopes]).makeOptionMandatory())
    .option('--name <name>', 'what it is for', '')
    .action(async ({ scope, name }) => {
      const created = await cli.withDeps((deps) => createApiKeys(deps).create(cliCaller, { scope, name }));
      cli.print(created);
    });
}
