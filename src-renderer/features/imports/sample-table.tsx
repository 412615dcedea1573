import classes from './imports.module.css';

/** The first rows of a file as they stand in it. */
export function SampleTable({
  label,
  columns,
  rows,
  busy,
}: {
  label: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  busy: boolean;
}) {
  return (
    <section
      className={classes.scroller}
      aria-label={label}
      aria-busy={busy}
      data-busy={busy || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
    >
      <table className={classes.sample}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are what stands at their place
            <tr key={line}>
              {columns.map((column, at) => (
                <td key={column} title={row[at]}>
                  {row[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className={classes.none}>There is no row below the names of the columns.</p> : null}
    </section>
  );
}
