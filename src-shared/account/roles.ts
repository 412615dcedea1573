/**
 * Who may do what. Four roles to begin with; everything that answers a person asks for one right of this list, on the
 * server, and the app only hides what would be refused.
 */
export const roles = ['admin', 'marketer', 'marketerNoPersonal', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const rights = [
  /** See figures, documents and what is not personal. Everybody who is signed in. */
  'read',
  /** See names, addresses and every other personal value. */
  'readPersonal',
  /** Write documents: segments, messages, campaigns, settings. */
  'edit',
  /** Change contacts. Needs readPersonal as well where the field is personal. */
  'editContacts',
  /** Launch, pause and stop campaigns, send tests. */
  'send',
  /** Bring files in. */
  'import',
  /** Members, devices of others, API keys, erasing a contact, the switch for all sending. */
  'administer',
] as const;
export type Right = (typeof rights)[number];

const rightsOf: Readonly<Record<Role, readonly Right[]>> = {
  admin: rights,
  marketer: ['read', 'readPersonal', 'edit', 'editContacts', 'send', 'import'],
  marketerNoPersonal: ['read', 'edit', 'editContacts', 'send'],
  auditor: ['read', 'readPersonal'],
};

export function can(role: Role, right: Right): boolean {
  return rightsOf[role].includes(right);
}

/** A role as people read it. */
export const roleWords: Readonly<Record<Role, { name: string; about: string }>> = {
  admin: { name: 'Administrator', about: 'Everything, including members, API keys and erasing contacts' },
  marketer: { name: 'Marketer', about: 'Contacts, segments, messages, campaigns and imports' },
  marketerNoPersonal: {
    name: 'Marketer without personal data',
    about: 'Segments, messages, campaigns and figures; no names or addresses',
  },
  auditor: { name: 'Auditor', about: 'Sees everything, changes nothing' },
};
