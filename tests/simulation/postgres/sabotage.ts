/**
 * A known mistake, put in to see that this tier finds it: versions come from a sequence, which hands out numbers without
 * keeping the later ones from being committed first. Every statement of the server passes here.
 */
export const sabotageTables = `
  create sequence if not exists sim.version;
  select setval('sim.version', greatest(version, 1)) from public.feed_counter`;

const TAKE = 'update feed_counter set version = version + $1 where id = 1 returning version';

export function sabotaged(statement: string): string {
  if (statement === TAKE) return `select setval('sim.version', nextval('sim.version') + $1 - 1) as version`;
  return statement.replace(
    'select version, epoch, epoch_from',
    `select (select last_value from sim.version) as version, epoch, epoch_from`,
  );
}
