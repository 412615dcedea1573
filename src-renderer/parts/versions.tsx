import { FieldVersion, type Names } from './field-value.tsx';
import classes from './versions.module.css';

export type VersionRow = {
  field: string;
  label: string;
  first: unknown;
  second: unknown;
  /** What it is now, where that is neither of the two any more. */
  now?: unknown;
};

/** Two versions of fields side by side, with the words in which they differ marked; and what they are now, if neither. */
export function Versions({
  heads,
  rows,
  names,
  absent,
}: {
  heads: readonly [first: string, second: string];
  rows: readonly VersionRow[];
  names: Names;
  /** Said instead of “Empty” where the first side does not exist at all. */
  absent?: string | undefined;
}) {
  const moved = rows.some(({ now }) => now !== undefined);
  return (
    <table className={classes.versions}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{heads[0]}</th>
          <th scope="col">{heads[1]}</th>
          {moved ? <th scope="col">Now</th> : null}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, label, first, second, now = first }) => (
          <tr key={field}>
            <th scope="row">{label}</th>
            <td>
              <FieldVersion field={field} value={first} other={second} names={names} absent={absent} />
            </td>
            <td>
              <FieldVersion field={field} value={second} other={first} names={names} />
            </td>
            {moved ? (
              <td>
                <FieldVersion field={field} value={now} other={now} names={names} absent={absent} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
