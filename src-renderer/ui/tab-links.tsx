import { Link, useLocation } from 'wouter';
import classes from './tab-links.module.css';

/** The tab an address belongs to: its own, else the longest that it lies below. */
export function currentTab(hrefs: readonly string[], location: string): string | null {
  const above = hrefs.filter((href) => location === href || location.startsWith(`${href}/`));
  return above.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Parts of a page as links, so that each has an address. */
export function TabLinks({ label, tabs }: { label: string; tabs: readonly { href: string; label: string }[] }) {
  const [location] = useLocation();
  const current = currentTab(
    tabs.map(({ href }) => href),
    location,
  );
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          className={classes.tab}
          aria-current={tab.href === current ? 'page' : undefined}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
