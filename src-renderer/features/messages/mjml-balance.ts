/** The MJML parser says only "malformed" for a tag that is not closed; this finds which one. */

export type Unbalanced = { line: number; message: string };

/** The first `mj-` tag that is closed by none, or that closes none; null when they match. */
export function findUnbalanced(source: string): Unbalanced | null {
  const open: { name: string; line: number }[] = [];
  const text = source.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  for (const { 0: tag, 1: close, 2: name = '', index } of text.matchAll(
    /<(\/?)(mjml|mj-[\w-]+)\b(?:"[^"]*"|'[^']*'|[^'">])*>/gi,
  )) {
    const line = text.slice(0, index).split('\n').length;
    if (open.length === 0 && close === '' && name.toLowerCase() !== 'mjml') {
      return { line, message: `<${name}> stands outside <mjml>` };
    }
    if (tag.endsWith('/>')) continue;
    if (close === '') {
      open.push({ name, line });
      continue;
    }
    const last = open.pop();
    if (!last) return { line, message: `</${name}> closes nothing` };
    if (last.name !== name) return { line: last.line, message: `<${last.name}> is not closed before </${name}>` };
  }
  const left = open.pop();
  return left ? { line: left.line, message: `<${left.name}> is never closed` } : null;
}
