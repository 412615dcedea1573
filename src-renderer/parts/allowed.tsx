import { IconEye, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import type { Right } from '#shared/account/roles.ts';
import classes from './allowed.module.css';
import { useCan, useReasonWithout } from './use-can.ts';

type Props = { right: Exclude<Right, 'read'>; children: ReactNode };

/** Shows what may be done to those who may. */
export function Allowed({ right, children }: Props) {
  return useCan(right) ? children : null;
}

/** A form everybody may read: its fields rest for those who may not change it. */
export function EditableBy({ right, children }: Props) {
  return (
    <fieldset className={classes.fieldset} disabled={!useCan(right)}>
      {children}
    </fieldset>
  );
}

/** A whole screen for those who may; everybody else reads why it is not for them. */
export function OnlyWith({ right, title, children }: Props & { title: string }) {
  const reason = useReasonWithout(right);
  if (reason === null) return children;
  return (
    <EmptyState icon={<IconLock size={24} stroke={1.5} />} title={title}>
      {reason} An administrator can change your role.
    </EmptyState>
  );
}

/** Says above a form why its fields rest; nothing for those who may change it. */
export function ReadOnlyNotice({ right }: Omit<Props, 'children'>) {
  const reason = useReasonWithout(right);
  if (reason === null) return null;
  return (
    <p className={classes.notice} role="note">
      <IconEye size={16} stroke={1.5} aria-hidden /> {reason}
    </p>
  );
}
