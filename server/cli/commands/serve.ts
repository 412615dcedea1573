import type { Command } from 'commander';
import type { Cli } from '#server/cli/cli-context.ts';

export function register(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('run the server alone, for hosting without a desktop')
    .action(async () => {
      // Everything a server is made of: no other command should wait for it to load.
      const { runServer } = await import('#server/run-server.ts');
      process.exit(await runServer(cli.env));
    });
}
