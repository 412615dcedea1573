import { Link } from 'wouter';
import classes from './tags.module.css';
import { tagHref } from './tags.ts';

type Props = {
  tags: readonly string[] | undefined;
  /** How many are shown where room is scarce; the others are told by number. */
  most?: number | undefined;
};

/** Tags of an object, each a way to everything else that has it. */
export function TagChips({ tags, most = Number.POSITIVE_INFINITY }: Props) {
  if (!tags || tags.length === 0) return null;
  const rest = tags.slice(most);
  return (
    <span className={classes.chips} data-line={Number.isFinite(most) || undefined}>
      {tags.slice(0, most).map((tag) => (
        <Link key={tag} href={tagHref(tag)} className={classes.chip} title={`Everything tagged “${tag}”`}>
          {tag}
        </Link>
      ))}
      {rest.length > 0 ? (
        <span className={classes.rest} title={rest.join(', ')}>
          +{rest.length}
        </span>
      ) : null}
    </span>
  );
}
