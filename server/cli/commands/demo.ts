import type { Command } from 'commander';
import { type Cli, cliCaller } from '#server/cli/cli-context.ts';
import { createDemo } from '#server/demo/demo.ts';

export function register(program: Command, cli: Cli): void {
  const demo = program.command('demo').description('a demo shop for first steps; its addresses cannot be mailed');
  demo
    .command('load')
    .description('add the demo shop')
    .action(async () => cli.print(await cli.withDeps((deps) => createDemo(deps).load(cliCaller))));
  demo
    .command('remove')
    .description('remove the demo shop and everything that is its')
    .action(async () => cli.print(await cli.withDeps((deps) => createDemo(deps).remove(cliCaller))));
}
