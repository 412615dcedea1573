import list from '#renderer/ui/list.module.css';
import { contactName } from '#shared/contact/contact-name.ts';
import type { CardSummary, DuplicatePair } from '#shared/contact/duplicate.schema.ts';
import { cardWords, pairKey, whyWords } from './duplicate-words.ts';
import classes from './duplicates.module.css';

type Props = { pairs: readonly DuplicatePair[]; opened: string | null; onOpen: (pair: string) => void };

export function DuplicateTable({ pairs, opened, onOpen }: Props) {
  return (
    <div className={classes.scroll}>
      <table className={list.table} aria-label="Contacts that may be one person">
        <thead>
          <tr>
            <th scope="col">Contact</th>
            <th scope="col">May be the same as</th>
            <th scope="col">Why</th>
            <th scope="col" className={classes.action}>
              <span className={classes.hidden}>Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => {
            const key = pairKey(pair);
            return (
              <tr key={`${key}${pair.shared.kind}${pair.shared.value}`} data-opened={key === opened || undefined}>
                <td>
                  <Card card={pair.older} />
                </td>
                <td>
                  <Card card={pair.newer} />
                </td>
                <td title={whyWords(pair)}>{whyWords(pair)}</td>
                <td className={classes.action}>
                  <button
                    type="button"
                    className={classes.compare}
                    aria-label={`Compare ${contactName(pair.older)} and ${contactName(pair.newer)}`}
                    aria-pressed={key === opened}
                    onClick={() => onOpen(key)}
                  >
                    Compare
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Card({ card }: { card: CardSummary }) {
  return (
    <>
      <span className={list.strong}>{contactName(card)}</span> <span className={list.dim}>{cardWords(card)}</span>
    </>
  );
}
