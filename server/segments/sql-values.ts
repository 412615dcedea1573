import type { Bounds } from '#shared/segment/periods.ts';

/** Collects the parameters of one statement. */
export class SqlValues {
  readonly all: unknown[] = [];

  /** Placeholder of a value, with its type, so that the planner never has to guess. */
  add(value: unknown, type: 'text' | 'text[]' | 'bigint' | 'bigint[]' | 'double precision' | 'timestamptz'): string {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  }

  /** Placeholder of an instant given in epoch ms. */
  instant(at: number): string {
    return this.add(new Date(at).toISOString(), 'timestamptz');
  }

  /** Whether a column lies in half-open bounds. */
  within(column: string, { from, to }: Bounds): string {
    const parts: string[] = [];
    if (from !== null) parts.push(`${column} >= ${this.instant(from)}`);
    if (to !== null) parts.push(`${column} < ${this.instant(to)}`);
    return parts.length === 0 ? `${column} is not null` : parts.join(' and ');
  }
}
