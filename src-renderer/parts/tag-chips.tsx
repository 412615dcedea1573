import { Link } from 'wouter';
import classes from './tags.module.css';

export const tagHref = (tag: string): string => `/tags/${encodeURIComponent(tag)}`;

/** Tags of an object, each a way to everything else that has it. */
export function TagChips({ tags }: { tags: readonly string[] | undefined }) {
  if (!tags || tags.length === 0) return null;
  return (
    <span className={classes.chips}>
      {tags.map((tag) => (
        <Link key={tag} href={tagHref(tag)} className={classes.chip} title={`Everything tagged “${tag}”`}>
          {tag}
        </Link>
      ))}
    </span>
  );
}
