import type { ReactNode } from 'react';
import list from './list.module.css';

export type ListColumn = {
  head: string;
  /** What is left of the line is shared by columns without one. */
  width?: number | string;
  /** Figures stand at the right. */
  number?: boolean;
  /** The heading is for those who listen; buttons and pictures need none. */
  unseen?: boolean;
};

type Props = { label: string; columns: readonly ListColumn[]; children: ReactNode };

/** A plain table of a list: its columns, and rows as the caller writes them. */
export function ListTable({ label, columns, children }: Props) {
  return (
    <table className={list.table} aria-label={label}>
      <colgroup>
        {columns.map(({ head, width }) => (
          <col key={head} style={{ width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ head, number, unseen }) => (
            <th
              key={head}
              scope="col"
              className={number ? list.number : undefined}
              aria-label={unseen ? head : undefined}
            >
              {unseen ? null : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
