import { Readable } from 'node:stream';

const CHUNK = 16 * 1024;

/**
 * The bytes of a message that wait for leave. The SMTP client starts to read only once the server has answered DATA with
 * 354; the first read asks the gate, and only its yes lets bytes out. So whatever the gate records is recorded before
 * the server can have the message, and is recorded for no message that never got that far.
 */
export class GatedMessage extends Readable {
  /** The gate said no. */
  withheld = false;
  /** The gate said yes. */
  started = false;
  /** The end of the message was let out: from here on the server may have it. */
  endWritten = false;
  #asked = false;
  #offset = 0;
  readonly #body: Buffer;
  readonly #gate: () => Promise<boolean>;

  constructor(body: Buffer, gate: () => Promise<boolean>) {
    super({ highWaterMark: CHUNK });
    this.#body = body;
    this.#gate = gate;
  }

  override _read(): void {
    if (this.#asked) {
      this.#next();
      return;
    }
    this.#asked = true;
    this.#gate().then(
      (yes) => this.#answer(yes),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #answer(yes: boolean): void {
    // The connection may have been lost meanwhile: then nothing goes out any more.
    if (this.destroyed) return;
    if (yes) {
      this.started = true;
      this.#next();
    } else {
      this.withheld = true;
      this.destroy(new Error('Withheld'));
    }
  }

  #next(): void {
    if (this.#offset < this.#body.length) {
      const from = this.#offset;
      this.#offset += CHUNK;
      this.push(this.#body.subarray(from, this.#offset));
    } else {
      this.endWritten = true;
      this.push(null);
    }
  }
}
