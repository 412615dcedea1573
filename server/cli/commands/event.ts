import type { Command } from 'commander';
import type { Cli } from '#server/cli/cli-context.ts';

export function register(program: Command, cli: Cli): void {
  program
    .command('event')
    .description('events')
    .command('count')
    .description('how many events of a type there are')
    .requiredOption('--type <key>', 'event type key')
    .action(async ({ type }: { type: string }) => {
      const rows = await cli.withDeps(({ db }) =>
        db.query<{ count: number }>(
          'select count(*) as count from event where type_id = (select id from event_type where key = $1)',
          [type],
        ),
      );
      cli.print({ count: rows[0]?.count ?? 0 });
    });
}
