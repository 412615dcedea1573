import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours are the product's CSS variables, so light and dark need one theme; `light-dark()` for those of syntax only. */
const surface = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', backgroundColor: 'var(--bg)', color: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace",
    lineHeight: '1.6',
    overflow: 'auto',
  },
  '.cm-content:focus-visible': { outline: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent-text)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--bg-subtle)',
    color: 'var(--text-faint)',
    border: 'none',
    borderRight: '1px solid var(--line)',
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 6px', minWidth: '32px' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-activeLine': { backgroundColor: 'light-dark(rgb(80 89 214 / 4%), rgb(131 140 237 / 7%))' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'light-dark(#d3d7fa, #333a6b)',
  },
  '.cm-selectionMatch': { backgroundColor: 'light-dark(#e9ebfd, #262a4a)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-liquid': {
    backgroundColor: 'light-dark(#eef0fe, #242847)',
    color: 'var(--accent-text)',
    borderRadius: '3px',
    boxShadow: '0 0 0 1px light-dark(#dfe2fc, #333963)',
  },
  '.cm-liquid *': { color: 'inherit' },
  '.cm-panels': { backgroundColor: 'var(--bg-subtle)', color: 'var(--text)', borderColor: 'var(--line)' },
  '.cm-panel input, .cm-panel button': { fontSize: '12px' },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg-raised)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '240px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--bg-selected)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--text-dim)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif', fontSize: '12px', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
});

const syntax = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'light-dark(#0b6e8f, #6cc7e6)' },
  { tag: tags.attributeName, color: 'light-dark(#8a4b08, #e0b183)' },
  { tag: [tags.attributeValue, tags.string], color: 'light-dark(#1a7343, #86c99b)' },
  {
    tag: [tags.comment, tags.processingInstruction, tags.documentMeta],
    color: 'var(--text-faint)',
    fontStyle: 'italic',
  },
  { tag: [tags.propertyName, tags.className], color: 'light-dark(#6b3fa0, #c3a4ec)' },
  { tag: [tags.number, tags.color, tags.unit], color: 'light-dark(#8a4b08, #e0b183)' },
  { tag: tags.keyword, color: 'light-dark(#9b2263, #ef96c4)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

const matcher = new MatchDecorator({
  regexp: /\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}/g,
  decoration: Decoration.mark({ class: 'cm-liquid' }),
});

/** Marks `{{ … }}` and `{% … %}` wherever they stand: in text, attributes and styles. */
export const liquidMarks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const editorTheme: readonly Extension[] = [surface, syntaxHighlighting(syntax)];
