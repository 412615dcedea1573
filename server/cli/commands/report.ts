import { type Command, Option } from 'commander';
import type { Cli } from '#server/cli/cli-context.ts';
import { revenueReport } from '#server/reports/revenue.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { revenueInput } from '#shared/report/revenue.schema.ts';

export function register(program: Command, cli: Cli): void {
  program
    .command('report')
    .description('figures')
    .command('revenue')
    .description('gross, returns and net by day or month, in the zone of the workspace')
    .addOption(new Option('--by <period>').choices(['day', 'month']).makeOptionMandatory())
    .option('--from <date>', 'first day, such as 2011-01-31')
    .option('--to <date>', 'last day, included')
    .action(async (options: unknown) => {
      const input = revenueInput.safeParse(options);
      if (!input.success) {
        const [issue] = input.error.issues;
        throw new UserError('invalid_input', 'This is not a date such as 2011-01-31.', `--${issue?.path.join('.')}`);
      }
      const report = await cli.withDeps(({ db }) => revenueReport(db, input.data));
      const line = (name: string, { gross, returns, net, orders, customers }: typeof report.all) =>
        [name, gross, returns, net, orders, customers].join('\t');
      cli.print(report, [
        `period\tgross\treturns\tnet\torders\tcustomers\t(${report.currency})`,
        ...report.rows.map((row) => line(row.period, row.all)),
        line('total', report.all),
        line('of these known contacts', report.known),
      ]);
    });
}
