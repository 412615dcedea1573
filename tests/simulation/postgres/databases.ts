import { randomBytes } from 'node:crypto';
import { openDatabase } from '#server/storage/database.ts';

/** Databases of one PostgreSQL, made for a run and dropped after it. */
export class Databases {
  readonly #template: string;
  readonly #made: string[] = [];

  /** `template`: of a migrated database nobody is connected to. */
  constructor(template: string) {
    this.#template = template;
  }

  async create(as: 'migrated' | 'empty'): Promise<string> {
    const name = `sim_${randomBytes(6).toString('hex')}`;
    const url = new URL(this.#template);
    const source = as === 'empty' ? 'template0' : url.pathname.slice(1);
    await this.#administer(`create database ${name} template ${source}`);
    this.#made.push(name);
    url.pathname = `/${name}`;
    return url.href;
  }

  async drop(): Promise<void> {
    for (const name of this.#made.splice(0)) await this.#administer(`drop database if exists ${name} with (force)`);
  }

  async #administer(statement: string): Promise<void> {
    const url = new URL(this.#template);
    url.pathname = '/postgres';
    const admin = openDatabase(url.href, { max: 1, onError: () => undefined });
    try {
      await admin.query(statement);
    } finally {
      await admin.close();
    }
  }
}
