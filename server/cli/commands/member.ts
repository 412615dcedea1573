import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { createMembers } from '#server/accounts/members.ts';
import { type Cli, cliCaller } from '#server/cli/cli-context.ts';
import type { Deps } from '#server/service.ts';
import { newMemberSchema } from '#shared/account/member.schema.ts';
import { type Role, roles } from '#shared/account/roles.ts';
import type { MemberInfo } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';

async function find(deps: Deps, email: string): Promise<MemberInfo> {
  const members = await createMembers(deps).list(cliCaller);
  const found = members.find((member) => member.active && member.email === email.toLowerCase());
  if (!found) throw new UserError('not_found', `Nobody with the address ${email} is a member.`, 'email');
  return found;
}

function checked(input: { email: string; name: string; password: string; role: Role }) {
  const parsed = newMemberSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError('invalid_input', issue?.message ?? 'This is not valid.', issue?.path.map(String).join('.'));
}

const lineOf = ({ email, name, role, active }: MemberInfo) =>
  `${email}  ${name}  ${active ? role : `${role}, removed`}`;

export function register(program: Command, cli: Cli): void {
  const members = program.command('member').description('who works here and what they may do');
  members
    .command('list')
    .description('everybody who has or had an account')
    .action(async () => {
      const list = await cli.withDeps((deps) => createMembers(deps).list(cliCaller));
      cli.print(list, list.map(lineOf));
    });
  members
    .command('add')
    .description('add somebody; their first password is shown once')
    .argument('<email>')
    .requiredOption('--name <name>', 'as colleagues see it')
    .addOption(new Option('--role <role>', 'what they may do').choices([...roles]).makeOptionMandatory())
    .action(async (email: string, { name, role }: { name: string; role: Role }) => {
      const password = randomBytes(12).toString('base64url');
      const input = checked({ email, name, password, role });
      const added = await cli.withDeps((deps) => createMembers(deps).add(cliCaller, input));
      cli.print({ email: added.email, role: added.role, password });
    });
  members
    .command('role')
    .description('change what somebody may do; their devices follow at once')
    .argument('<email>')
    .addArgument(members.createArgument('<role>').choices([...roles]))
    .action(async (email: string, role: Role) => {
      await cli.withDeps(async (deps) => {
        const { userId } = await find(deps, email);
        await createMembers(deps).setRole(cliCaller, { userId, role });
      });
      cli.print({ email, role });
    });
  members
    .command('remove')
    .description('end their sessions and have their devices delete what they hold')
    .argument('<email>')
    .action(async (email: string) => {
      await cli.withDeps(async (deps) => {
        const { userId } = await find(deps, email);
        await createMembers(deps).remove(cliCaller, userId);
      });
      cli.print({ removed: email });
    });
}
