/**
 * The parts of a workbook: a ZIP file of XML. What it unpacks to is limited in all and in proportion, and counted while it
 * unpacks, whatever its directory says; entities that could multiply are not expanded by the XML parser at all.
 */
import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import yauzl from 'yauzl';
import { UserError } from '#shared/kernel/errors.ts';

/** A workbook of Excel's 1,048,576 rows and a dozen columns stays below. */
export const MAX_UNPACKED = 2 * 1024 ** 3;
/** Real sheets pack to a tenth or twentieth. */
const MAX_RATIO = 400;
const MAX_ENTRIES = 2_000;

export const broken = (why: string): UserError =>
  new UserError('invalid_input', `The file is not readable as an Excel workbook: ${why}.`, 'file');

export type Tag = { name: string; attributes: Readonly<Record<string, string>> };
export type XmlHandlers = {
  open?: (tag: Tag) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
};

export class XlsxZip {
  readonly #zip: yauzl.ZipFile;
  readonly #entries: ReadonlyMap<string, yauzl.Entry>;
  readonly #limit: number;
  #unpacked = 0;

  private constructor(zip: yauzl.ZipFile, entries: ReadonlyMap<string, yauzl.Entry>, limit: number) {
    this.#zip = zip;
    this.#entries = entries;
    this.#limit = limit;
  }

  static async open(path: string, limit = MAX_UNPACKED): Promise<XlsxZip> {
    let zip: yauzl.ZipFile;
    try {
      zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
    } catch (error) {
      throw broken(error instanceof Error ? error.message : 'it is no ZIP file');
    }
    const entries = new Map<string, yauzl.Entry>();
    try {
      if (zip.entryCount > MAX_ENTRIES) throw broken('it has too many parts');
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    } catch (error) {
      zip.close();
      throw error instanceof UserError ? error : broken(error instanceof Error ? error.message : String(error));
    }
    return new XlsxZip(zip, entries, limit);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  close(): void {
    this.#zip.close();
  }

  /** Parses a part piece by piece; after each piece the caller may wait or stop. Nothing happens when it is not there. */
  async *parse(name: string, handlers: XmlHandlers): AsyncGenerator<void, void, undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return;
    const parser = new SaxesParser();
    if (handlers.open) parser.on('opentag', handlers.open);
    if (handlers.text) {
      parser.on('text', handlers.text);
      parser.on('cdata', handlers.text);
    }
    if (handlers.close) parser.on('closetag', ({ name: closed }) => handlers.close?.(closed));
    parser.on('error', (error) => {
      throw broken(error.message);
    });
    const decoder = new TextDecoder();
    let stream: Readable | undefined;
    try {
      stream = await this.#zip.openReadStreamPromise(entry);
      let size = 0;
      for await (const chunk of stream) {
        size += chunk.length;
        this.#unpacked += chunk.length;
        const isBomb = size > 1024 * 1024 && size > entry.compressedSize * MAX_RATIO;
        if (this.#unpacked > this.#limit || isBomb) throw broken('it unpacks to more than a table can hold');
        parser.write(decoder.decode(chunk, { stream: true }));
        yield;
      }
      parser.write(decoder.decode()).close();
    } catch (error) {
      throw error instanceof UserError ? error : broken(error instanceof Error ? error.message : String(error));
    } finally {
      stream?.destroy();
    }
  }

  /** Parses a small part at once. */
  async read(name: string, handlers: XmlHandlers): Promise<void> {
    for await (const _ of this.parse(name, handlers));
  }
}
