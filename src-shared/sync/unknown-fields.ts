/**
 * Fields of a body that this build does not know (VER-5). A schema drops them when it reads, so they are put back beside
 * what it read: a newer client's field survives an older client's edit, and the older server in between.
 */
type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What was said, each known value in the form the schema brought it into. Defaults are not added: the text stays what
 * its author sent, also for an older client that does not know the field.
 */
export function conform(said: Fields, read: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(said).map(([field, value]) => [
      field,
      Object.hasOwn(read, field) ? conformValue(value, read[field]) : value,
    ]),
  );
}

function conformValue(said: unknown, read: unknown): unknown {
  if (isFields(said) && isFields(read)) return conform(said, read);
  if (Array.isArray(said) && Array.isArray(read) && said.length === read.length) {
    return said.map((item, index) => conformValue(item, read[index]));
  }
  return read;
}

/** A new text with the fields of the old one that its reader never saw: those in `stored` but not in `read`. */
export function keepUnknown(stored: Fields, read: Fields, next: Fields): Record<string, unknown> {
  const body: Record<string, unknown> = { ...next };
  for (const [field, value] of Object.entries(stored)) {
    const [seen, now] = [read[field], next[field]];
    if (!Object.hasOwn(read, field)) body[field] = value;
    else if (isFields(value) && isFields(seen) && isFields(now)) body[field] = keepUnknown(value, seen, now);
  }
  return body;
}
