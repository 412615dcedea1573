import { Liquid, type Template } from 'liquidjs';
import { escapeHtml } from './html-scan.ts';

/**
 * Two engines, one language. In HTML every output is escaped unless the author writes `| raw`; in a subject or a plain text
 * nothing is. There is no file system: include, render and layout do not exist. Limits keep a runaway template short.
 */
const limits = { parseLimit: 1_000_000, renderLimit: 2_000, memoryLimit: 20_000_000 };

function engine(escapes: boolean): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    cache: false,
    // An in-memory template set instead of a file system.
    templates: {},
    ...limits,
    ...(escapes ? { outputEscape: (value: unknown) => escapeHtml(plain(value)) } : {}),
  });
  for (const tag of ['include', 'render', 'layout', 'block']) Reflect.deleteProperty(liquid.tags, tag);
  // An author who escapes by hand must not see `&amp;amp;`: the filter's own result counts as escaped.
  liquid.registerFilter('escape', { raw: true, handler: (value: unknown) => escapeHtml(plain(value)) });
  return liquid;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(plain).join('') : String(value);
}

const engines = { html: engine(true), text: engine(false) };
export type LiquidMode = keyof typeof engines;

export type LiquidTemplate = { mode: LiquidMode; parsed: Template[] };

/** A template that cannot be read: line of the source, and words. */
export class TemplateError extends Error {
  readonly line: number | null;

  constructor(message: string, line: number | null) {
    super(message);
    this.name = 'TemplateError';
    this.line = line;
  }
}

/** Throws TemplateError. */
export function parseLiquid(mode: LiquidMode, source: string): LiquidTemplate {
  try {
    return { mode, parsed: engines[mode].parse(source) };
  } catch (error) {
    throw toTemplateError(error);
  }
}

/** Throws TemplateError. */
export function renderLiquid(template: LiquidTemplate, values: Record<string, unknown>): string {
  try {
    return String(engines[template.mode].renderSync(template.parsed, values));
  } catch (error) {
    throw toTemplateError(error);
  }
}

/** Full paths of the variables a template reads from outside ("contact.firstName"), without its own assigns and loops. */
export function liquidVariables(template: LiquidTemplate): string[] {
  return engines[template.mode].globalFullVariablesSync(template.parsed);
}

function toTemplateError(error: unknown): TemplateError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /, line:(\d+)/.exec(text)?.[1];
  // The engine ends its message with ", line:1, col:5"; the line is said separately.
  const words = text.replace(/, (?:file:[^,]*, )?line:\d+, col:\d+$/, '');
  return new TemplateError(words, line ? Number(line) : null);
}
