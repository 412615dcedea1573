import { autocompletion, type CompletionContext, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { html } from '@codemirror/lang-html';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { editorTheme, liquidMarks } from './code-editor-theme.ts';

export type CodeProblem = { line: number | null; message: string; severity: 'error' | 'warning' };
export type Suggestion = { text: string; detail: string };
export type CodeEditorHandle = {
  /** Puts the text where the cursor is, and the cursor after it. */
  insert(text: string): void;
  goToLine(line: number): void;
};

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onFocus?: () => void;
  problems: readonly CodeProblem[];
  /** Offered after `{{`. */
  suggestions: readonly Suggestion[];
  handle?: Ref<CodeEditorHandle>;
  readOnly?: boolean;
  /** Where the cursor is before somebody places it. */
  cursor?: number;
};

/**
 * Source of HTML or MJML with Liquid in it. Tab indents; Esc then Tab leaves the editor. Undo and redo are the
 * editor's own (Ctrl/⌘ Z) and survive a change of the value from outside.
 */
export function CodeEditor({
  label,
  value,
  onChange,
  onFocus,
  problems,
  suggestions,
  handle,
  readOnly = false,
  cursor = 0,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const current = useRef({ onChange, onFocus, suggestions });
  const first = useRef({ value, label, cursor, readOnly });

  useEffect(() => {
    current.current = { onChange, onFocus, suggestions };
  });

  useEffect(() => {
    if (!box.current) return;
    const complete = (context: CompletionContext) => {
      const open = context.matchBefore(/\{\{[^{}]*/);
      if (!open) return null;
      const word = context.matchBefore(/[\w.]*/);
      return {
        from: word?.from ?? context.pos,
        options: current.current.suggestions.map(({ text, detail }) => ({ label: text, detail, type: 'variable' })),
      };
    };
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: first.current.value,
        selection: { anchor: Math.min(Math.max(first.current.cursor, 0), first.current.value.length) },
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: true }),
          autocompletion({ override: [complete], icons: false }),
          html({ matchClosingTags: true, autoCloseTags: true }),
          EditorView.lineWrapping,
          EditorState.readOnly.of(first.current.readOnly),
          liquidMarks,
          ...editorTheme,
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({
            'aria-label': first.current.label,
            'aria-description': 'Tab indents. Press Escape, then Tab, to leave the editor.',
            spellcheck: 'false',
            // Editable content takes the focus anyway; tools that look for a tabindex then see it too.
            tabindex: '0',
          }),
          EditorView.updateListener.of((update) => {
            if (update.focusChanged && update.view.hasFocus) current.current.onFocus?.();
            if (update.docChanged) current.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const found = problems.map((problem): Diagnostic => {
      const line = editor.state.doc.line(Math.min(Math.max(problem.line ?? 1, 1), editor.state.doc.lines));
      return { from: line.from, to: line.to, severity: problem.severity, message: problem.message };
    });
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [problems]);

  useImperativeHandle(
    handle,
    () => ({
      insert(text) {
        const editor = view.current;
        if (!editor) return;
        editor.dispatch(editor.state.replaceSelection(text));
        editor.focus();
      },
      goToLine(line) {
        const editor = view.current;
        if (!editor) return;
        const at = editor.state.doc.line(Math.min(Math.max(line, 1), editor.state.doc.lines));
        editor.dispatch({
          selection: { anchor: at.from },
          effects: EditorView.scrollIntoView(at.from, { y: 'center' }),
        });
        editor.focus();
      },
    }),
    [],
  );

  return <div ref={box} className="code-editor" style={{ height: '100%', minHeight: 0 }} />;
}
