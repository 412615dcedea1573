import type { ReactNode } from 'react';
import { Link } from 'wouter';
import list from '#renderer/ui/list.module.css';
import classes from './name-cell.module.css';
import { TagChips } from './tag-chips.tsx';

/** More would leave the name no room. */
const MOST_CHIPS = 2;

type Props = { href: string; name: string; tags?: readonly string[] | undefined; children?: ReactNode };

/** The first cell of a list's row: the name as a way to its page, tags, and what else marks it. */
export function NameCell({ href, name, tags, children }: Props) {
  return (
    <td>
      <span className={classes.cell}>
        <Link href={href} className={`${list.strong} ${classes.name}`} title={name}>
          {name}
        </Link>
        <TagChips tags={tags} most={MOST_CHIPS} />
        {children}
      </span>
    </td>
  );
}
