import { FieldVersion, type Names } from './field-value.tsx';
import classes from './versions.module.css';

export type VersionRow = { field: string; label: string; first: unknown; second: unknown };

/** Two versions of fields side by side, with the words in which they differ marked. */
export function Versions({
  heads,
  rows,
  names,
}: {
  heads: readonly [first: string, second: string];
  rows: readonly VersionRow[];
  names: Names;
}) {
  return (
    <table className={classes.versions}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">{heads[0]}</th>
          <th scope="col">{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, label, first, second }) => (
          <tr key={field}>
            <th scope="row">{label}</th>
            <td>
              <FieldVersion field={field} value={first} other={second} names={names} />
            </td>
            <td>
              <FieldVersion field={field} value={second} other={first} names={names} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
