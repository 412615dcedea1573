import { Button, Select } from '@mantine/core';
import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { useCan, useRole } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { memberSchema } from '#shared/account/member.schema.ts';
import { can, type Role, roles, roleWords } from '#shared/account/roles.ts';
import type { MemberInfo } from '#shared/api/ports.ts';
import { AddMember } from './add-member.tsx';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Who works here and what they may do; administrators change it, everybody else reads it. */
export function MemberSettings() {
  const administers = useCan('administer');
  return (
    <>
      {administers ? <ManagedMembers /> : <KnownMembers />}
      <RolesExplained />
    </>
  );
}

function ManagedMembers() {
  const session = useSession();
  const me = session.state === 'signedIn' ? session.user.id : null;
  const members = useLive((from) => from.actions.listMembers(), [], ['status', 'documents:member']);
  const active = (members.value ?? []).filter(({ active: is }) => is);
  const administrators = active.filter(({ role }) => role === 'admin').length;
  return (
    <Section title="Members" text="Everybody has an account of their own, so that every change carries a name.">
      <AddMember onAdded={members.reload} />
      {members.value === undefined ? (
        members.error === null ? (
          <SkeletonRows rows={3} label="Loading members" />
        ) : (
          <ErrorState
            inline
            title="Members can only be managed with the server"
            error={members.error}
            retry={members.reload}
          />
        )
      ) : (
        <table className={list.table} aria-label="Members">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" style={{ width: 272 }}>
                Role
              </th>
              <th scope="col" style={{ width: 110 }}>
                Since
              </th>
              <th scope="col" style={{ width: 92 }} aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {active.map((member) => (
              <MemberRow
                key={member.userId}
                member={member}
                isMe={member.userId === me}
                isLastAdministrator={member.role === 'admin' && administrators === 1}
                onChanged={members.reload}
              />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

type RowProps = { member: MemberInfo; isMe: boolean; isLastAdministrator: boolean; onChanged: () => void };

const isRole = (value: string | null): value is Role => roles.some((role) => role === value);

/** Losing sight of names reaches the person's devices at once; that is said before. */
async function changeRole(member: MemberInfo, role: Role): Promise<boolean> {
  const losesNames = can(member.role, 'readPersonal') && !can(role, 'readPersonal');
  const yes = await confirm({
    title: `Make ${member.name} ${roleWords[role].name.toLowerCase()}?`,
    consequence: `${roleWords[role].about}. It holds from now on, on all their devices.${
      losesNames ? ' Names, addresses and other personal values are deleted from them.' : ''
    }`,
    action: 'Change role',
    danger: losesNames,
  });
  if (!yes) return false;
  await data.actions.setMemberRole({ userId: member.userId, role });
  return true;
}

async function removeMember(member: MemberInfo): Promise<boolean> {
  const yes = await confirm({
    title: `Remove ${member.name}?`,
    consequence: `${member.name} is signed out everywhere, and all data of this workspace is deleted from their devices, changes they have not sent included. What they made stays, with their name.`,
    action: 'Remove member',
    danger: true,
  });
  if (!yes) return false;
  await data.actions.removeMember(member.userId);
  notifyDone(`${member.name} is removed.`);
  return true;
}

function MemberRow({ member, isMe, isLastAdministrator, onChanged }: RowProps) {
  const act = async (failed: string, work: () => Promise<boolean>) => {
    try {
      if (await work()) onChanged();
    } catch (error) {
      notifyError(failed, error);
    }
  };
  return (
    <tr>
      <td title={`${member.name} · ${member.email}`}>
        <span className={classes.memberName}>
          {member.name}
          {isMe ? <span className={list.dim}> (you)</span> : null}
        </span>
        <span className={classes.memberEmail}>{member.email}</span>
      </td>
      <td>
        {isLastAdministrator ? (
          <>
            {roleWords[member.role].name} <span className={list.dim}>(the last one)</span>
          </>
        ) : (
          <Select
            aria-label={`Role of ${member.name}`}
            data={roles.map((role) => ({ value: role, label: roleWords[role].name }))}
            value={member.role}
            allowDeselect={false}
            onChange={(next) => {
              if (isRole(next) && next !== member.role) {
                void act('The role was not changed', () => changeRole(member, next));
              }
            }}
          />
        )}
      </td>
      <td className={list.dim}>
        <Time at={member.since} />
      </td>
      <td>
        {isMe ? null : (
          <Button
            size="compact-xs"
            variant="default"
            c="var(--bad)"
            aria-label={`Remove ${member.name}`}
            onClick={() => void act('The member was not removed', () => removeMember(member))}
          >
            Remove
          </Button>
        )}
      </td>
    </tr>
  );
}

/** What everybody knows of the others, also offline. */
function KnownMembers() {
  const role = useRole();
  const docs = useLive((from) => from.documents('member'), [], ['documents:member']);
  const members = useMemo(
    () =>
      typedDocs(memberSchema, docs.value ?? [])
        .map(({ body }) => body)
        .filter(({ active }) => active)
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    [docs.value],
  );
  return (
    <Section
      title="Members"
      text={role === null ? undefined : `Your role is ${roleWords[role].name}. An administrator can change it.`}
    >
      <table className={list.table} aria-label="Members">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <tr key={member.userId}>
              <td>{member.name}</td>
              <td className={list.dim}>{roleWords[member.role].name}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function RolesExplained() {
  return (
    <Section title="What the roles may do">
      <dl className={classes.facts}>
        {roles.map((role) => (
          <div key={role} className={classes.fact}>
            <dt>{roleWords[role].name}</dt>
            <dd>{roleWords[role].about}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
