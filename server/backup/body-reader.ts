import { cutOff } from './backup-format.ts';

/** Ends the rows of a table; COPY never writes such a line for a row. */
const END = Buffer.from('\n\\.\n');
export const END_OF_ROWS = Buffer.from('\\.\n');

/** Reads the uncompressed body piece by piece: lines of JSON, and rows between them. Holds no more than what came in at once. */
export class BodyReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
    return true;
  }

  /** The next line, parsed. */
  async json(): Promise<unknown> {
    let end = this.#held.indexOf(10);
    while (end < 0) {
      if (!(await this.#more())) throw cutOff();
      end = this.#held.indexOf(10);
    }
    const line = this.#held.subarray(0, end).toString();
    this.#held = this.#held.subarray(end + 1);
    return JSON.parse(line);
  }

  /** The rows up to the end of the table, as bytes for COPY FROM. */
  async *rows(): AsyncGenerator<Buffer, void, void> {
    // The line before ended with a line feed: with it put back, an empty table looks like any other.
    let window: Buffer = Buffer.concat([Buffer.from('\n'), this.#held]);
    this.#held = Buffer.alloc(0);
    let put = 1;
    for (;;) {
      const end = window.indexOf(END);
      if (end >= 0) {
        if (end + 1 > put) yield window.subarray(put, end + 1);
        this.#held = window.subarray(end + END.length);
        return;
      }
      // The mark may begin in these last bytes.
      const keep = Math.max(put, window.length - END.length + 1);
      if (keep > put) yield window.subarray(put, keep);
      const tail = window.subarray(Math.max(0, keep - END.length + 1));
      put = keep - Math.max(0, keep - END.length + 1);
      if (!(await this.#more())) throw cutOff();
      window = Buffer.concat([tail, this.#held]);
      this.#held = Buffer.alloc(0);
    }
  }

  /** Reads to the end, where checksums are judged; nothing may be left. */
  async end(): Promise<void> {
    while (await this.#more());
    if (this.#held.length > 0) throw new Error('The backup holds more than its tables.');
  }
}
