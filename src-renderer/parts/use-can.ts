import { create } from 'zustand';
import { can, type Right, type Role, roleWords } from '#shared/account/roles.ts';

/** The role of who is signed in; null until the server said it once. The shell keeps it current. */
const useRoleStore = create<{ role: Role | null }>(() => ({ role: null }));

export const setRole = (role: Role | null): void => {
  if (useRoleStore.getState().role !== role) useRoleStore.setState({ role });
};

export const useRole = (): Role | null => useRoleStore((state) => state.role);

/**
 * Whether the person may do it, so that the app does not offer what the server would refuse. True while the role is not
 * known: the server decides in the end.
 */
export function useCan(right: Right): boolean {
  const role = useRole();
  return role === null || can(role, right);
}

/** The same outside of components, for commands. */
export function mayNow(right: Right): boolean {
  const { role } = useRoleStore.getState();
  return role === null || can(role, right);
}

const needs: Record<Exclude<Right, 'read'>, string> = {
  readPersonal: 'Your role does not show names and addresses',
  edit: 'Your role sees this and does not change it',
  editContacts: 'Your role does not change contacts',
  send: 'Your role does not send',
  import: 'Your role does not import',
  administer: 'Only an administrator can do this',
};

/** Why something is not offered, with the role by name: a person then knows whom to ask. */
export function reasonWithout(right: Exclude<Right, 'read'>, role: Role | null): string {
  return role === null ? `${needs[right]}.` : `${needs[right]} (${roleWords[role].name}).`;
}

/** Null when allowed, else the reason in words: for tooltips of what is disabled. */
export function useReasonWithout(right: Exclude<Right, 'read'>): string | null {
  const role = useRole();
  return role === null || can(role, right) ? null : reasonWithout(right, role);
}
