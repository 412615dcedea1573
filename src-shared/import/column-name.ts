/** A column's name as names are compared: "E-mail Address" and "email_address" are one. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.:/()]+/g, '');

/** What tells files of one kind apart from others: the names of their columns, in whatever order. */
export const headerSignature = (columns: readonly string[]): string => columns.map(plainName).sort().join('\u001F');
