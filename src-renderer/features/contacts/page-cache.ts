/**
 * Pages of a long list, held for what is on the screen: at most `capacity` pages, at most `parallel` questions at
 * once, nearest to the wanted range first. Old rows stay visible while newer ones are asked for.
 */
export type ListPage<Row, Stamp> = { rows: Row[]; total: number; offset: number; asOf: Stamp };

export type PageCacheOptions<Row, Stamp> = {
  load: (offset: number, limit: number) => Promise<ListPage<Row, Stamp>>;
  /** Something on the screen may look different now. */
  changed: () => void;
  pageSize?: number;
  capacity?: number;
  parallel?: number;
};

type Held<Row> = { rows: Row[]; epoch: number };

export class PageCache<Row, Stamp> {
  readonly #load: PageCacheOptions<Row, Stamp>['load'];
  readonly #changed: () => void;
  readonly pageSize: number;
  readonly #capacity: number;
  readonly #parallel: number;
  /** In order of last use: the first is dropped first. */
  readonly #pages = new Map<number, Held<Row>>();
  readonly #asked = new Set<number>();
  #epoch = 0;
  #first = 0;
  #last = 0;
  #closed = false;
  total: number | null = null;
  asOf: Stamp | null = null;
  error: unknown = null;

  constructor(options: PageCacheOptions<Row, Stamp>) {
    this.#load = options.load;
    this.#changed = options.changed;
    this.pageSize = options.pageSize ?? 100;
    this.#capacity = options.capacity ?? 60;
    this.#parallel = options.parallel ?? 8;
  }

  /** The row, when its page is here. Asking does not load; `want` does. */
  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / this.pageSize))?.rows[index % this.pageSize];
  }

  /** Says which rows are on the screen; missing or outdated pages of that range are asked for. */
  want(first: number, last: number): void {
    this.#first = Math.floor(Math.max(0, first) / this.pageSize);
    this.#last = Math.max(this.#first, Math.floor(Math.max(0, last) / this.pageSize));
    this.#ask();
  }

  /** The data changed: what is wanted is asked again, the rest when it comes into sight. */
  refresh(): void {
    this.#epoch++;
    this.#ask();
  }

  /** Answers that still arrive are dropped. */
  close(): void {
    this.#closed = true;
  }

  #ask(): void {
    if (this.#closed) return;
    for (let page = this.#first; page <= this.#last; page++) {
      if (this.#asked.size >= this.#parallel) return;
      if (this.#asked.has(page)) continue;
      if (this.total !== null && page > 0 && page * this.pageSize >= this.total) continue;
      if (this.#pages.get(page)?.epoch !== this.#epoch) this.#fetch(page);
    }
  }

  #fetch(page: number): void {
    const epoch = this.#epoch;
    this.#asked.add(page);
    this.#load(page * this.pageSize, this.pageSize)
      .then(
        (answer) => {
          if (this.#closed) return;
          this.#keep(page, { rows: answer.rows, epoch });
          if (epoch === this.#epoch || this.total === null) {
            this.total = answer.total;
            this.asOf = answer.asOf;
          }
          this.error = null;
        },
        (error: unknown) => {
          // Shown by the list; the epoch keeps the page from being asked again until somebody presses "Try again".
          this.#keep(page, { rows: this.#pages.get(page)?.rows ?? [], epoch });
          this.error = error;
        },
      )
      .finally(() => {
        this.#asked.delete(page);
        if (this.#closed) return;
        this.#changed();
        this.#ask();
      });
  }

  #keep(page: number, held: Held<Row>): void {
    this.#pages.delete(page);
    this.#pages.set(page, held);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#capacity) return;
      if (oldest < this.#first || oldest > this.#last) this.#pages.delete(oldest);
    }
  }
}
