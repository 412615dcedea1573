/** The description of the API as one page to read: no script, nothing from elsewhere. */
import type { OpenApi, Operation } from './openapi.ts';

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 860px; margin: 0 auto; padding: 32px 20px 80px; }
  h2 { margin: 36px 0 8px; font-size: 18px; }
  details { border-bottom: 1px solid #8884; padding: 8px 0; }
  summary { cursor: pointer; }
  code, pre { font: 13px/1.5 ui-monospace, monospace; }
  pre { overflow: auto; padding: 12px; background: #8881; border-radius: 6px; }
  .method { display: inline-block; width: 60px; font-weight: 600; }
  .what { display: block; margin-left: 64px; opacity: .75; }
  td { padding: 2px 16px 2px 0; vertical-align: top; }`;

function operation(method: string, path: string, { summary, parameters, requestBody }: Operation): string {
  const rows = parameters.map(
    ({ name, in: where, required }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${where}${required ? ', required' : ''}</td></tr>`,
  );
  const schema = requestBody?.content['application/json'].schema;
  return `<details id="${escapeHtml(`${method}-${path}`)}">
    <summary><code><span class="method">${method.toUpperCase()}</span> /api${escapeHtml(path)}</code><span class="what">${escapeHtml(summary)}</span></summary>
    ${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}
    ${schema ? `<p>Body</p><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre>` : ''}
  </details>`;
}

export function docsPage({ info, paths }: OpenApi): string {
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, one]) => ({ method, path, one })),
  );
  const sections = [...Map.groupBy(all, ({ one }) => one.tags[0] ?? '')].map(
    ([tag, found]) =>
      `<h2>${escapeHtml(tag)}</h2>${found.map(({ method, path, one }) => operation(method, path, one)).join('')}`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(info.title)}</title>
    <meta name="viewport" content="width=device-width"><style>${style}</style></head><body>
    <h1>${escapeHtml(info.title)}</h1><p>${escapeHtml(info.description)}</p>
    <p>For programs: <a href="/api/openapi.json">openapi.json</a></p>${sections.join('')}</body></html>`;
}
