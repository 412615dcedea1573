/** What a contact is called on a screen: name, else address, else number. Never empty. */
export function contactName(row: {
  id: number;
  firstName: string | number | null;
  lastName: string | number | null;
  email: string | number | null;
  phone: string | number | null;
  externalCustomerId: string | number | null;
}): string {
  const full = [row.firstName, row.lastName].filter((part) => part !== null && part !== '').join(' ');
  return full || String(row.email || row.phone || row.externalCustomerId || `Contact ${row.id}`);
}
