import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Cli } from '#server/cli/cli-context.ts';
import { parseRuleFile } from '#server/segments/rule-file.ts';
import { countSegment } from '#server/segments/segments.ts';
import { UserError } from '#shared/kernel/errors.ts';

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('invalid_input', `${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

export function register(program: Command, cli: Cli): void {
  const segment = program.command('segment').description('segments of contacts');
  segment
    .command('count')
    .description('count the contacts a rule finds')
    .argument('<file>', 'JSON with a rule, or with a segment that has one')
    .action(async (file: string) => {
      const rule = parseRuleFile(await readText(file));
      const count = await cli.withDeps(({ db, now }) => countSegment(db, rule, now()));
      cli.print({ count });
    });
}
