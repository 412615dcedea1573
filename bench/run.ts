/** `npm run bench [-- --json] [--only name,name]`: every figure of design §9, from the modules `*.bench.ts` beside this file. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, type Figure, measure } from './bench.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const only = values.only?.split(',');
const say = (line: string) => process.stderr.write(`${line}\n`);

type Module = { benches: Bench[]; close?: () => Promise<void> };

async function discover(): Promise<Module[]> {
  const found: Module[] = [];
  for (const file of (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.bench.ts')).sort()) {
    const { benches, close }: Module = await import(join(import.meta.dirname, file));
    const wanted = benches.filter(({ name }) => !only || only.includes(name));
    found.push({ benches: wanted, close });
  }
  return found;
}

const modules = await discover();
const known = modules.flatMap(({ benches }) => benches.map(({ name }) => name));
const unknown = only?.filter((name) => !known.includes(name)) ?? [];
if (unknown.length > 0) {
  say(`There is no benchmark called ${unknown.join(', ')}.`);
  process.exit(1);
}

const figures: Figure[] = [];
for (const { benches, close } of modules) {
  for (const bench of benches) {
    say(`${bench.name} …`);
    const figure = await measure(bench, say);
    if (figure.error) say(`${figure.name} failed: ${figure.error}`);
    figures.push(figure);
  }
  await close?.();
}

const text = ({ name, value, unit, ratio, target, ok, error }: Figure) =>
  error === undefined
    ? `${ok ? 'ok  ' : 'MISS'} ${name.padEnd(20)} ${value} ${unit} (target ${target}${ratio === null ? '' : `, ${ratio} × reference`})`
    : `FAIL ${name.padEnd(20)} ${error.split('\n')[0]}`;
process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : `${figures.map(text).join('\n')}\n`);
// A figure below its target is a result, not a failure; one that could not be measured is.
process.exit(figures.some(({ error }) => error !== undefined) ? 1 : 0);
