import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

export interface QueryLanguage {
  /** Highlighting and completion. */
  readonly extensions: () => readonly Extension[];
  /** What is wrong with a text, and where in it. */
  readonly problems: (text: string) => readonly QueryTextProblem[];
}

interface QueryTextProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

interface QueryEditorProps {
  readonly language: QueryLanguage;
  readonly value: string;
  readonly label: string;
  readonly hint: string;
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

/** A query with completion from the server's own names, and problems marked where our own parser, the server's, sees them. */
export function QueryEditor({ language, value, label, hint, onChange, onRun }: QueryEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const calls = useRef({ onChange, onRun });
  const first = useRef({ language, value, label, hint });
  useEffect(() => {
    calls.current = { onChange, onRun };
  });
  useEffect(() => {
    if (!holder.current) return;
    const created = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: extensions({
          ...first.current,
          onChange: (text) => calls.current.onChange(text),
          onRun: (text) => calls.current.onRun(text),
        }),
      }),
    });
    view.current = created;
    return () => {
      created.destroy();
      view.current = null;
    };
  }, []);
  // Text that changed elsewhere (a metric was picked, the browser went back) replaces what is in the editor.
  useEffect(() => {
    const current = view.current;
    if (current && current.state.doc.toString() !== value) {
      current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
    }
  }, [value]);
  return <div ref={holder} className="query-editor" />;
}

function extensions(options: QueryEditorProps) {
  const run = (editor: EditorView) => {
    options.onRun(editor.state.doc.toString());
    return true;
  };
  return [
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false, maxRenderedOptions: 60 }),
    // Enter asks; while the completion list is open its own, higher, keymap takes the key.
    keymap.of([
      { key: 'Mod-Enter', run },
      { key: 'Enter', run, shift: insertNewlineAndIndent },
    ]),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...completionKeymap, ...defaultKeymap]),
    ...options.language.extensions(),
    linter((editor) => diagnosticsOf(editor.state.doc.toString(), options.language), { delay: 350 }),
    syntaxHighlighting(highlight),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': options.label }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
    placeholder(options.hint),
    Prec.highest(look),
  ];
}

function diagnosticsOf(text: string, language: QueryLanguage): readonly Diagnostic[] {
  if (text.trim() === '') return [];
  return language.problems(text).map(({ start, end, message }) => {
    const from = Math.max(0, Math.min(start, text.length - 1));
    return { from, to: Math.max(Math.min(end, text.length), from + 1), severity: 'error' as const, message };
  });
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--hue-2)' },
  { tag: [tags.function(tags.variableName)], color: 'var(--hue-1)' },
  { tag: [tags.labelName], color: 'var(--hue-0)' },
  { tag: [tags.string], color: 'var(--hue-7)' },
  { tag: [tags.number], color: 'var(--hue-3)' },
  { tag: [tags.comment], color: 'var(--text-3)' },
  { tag: [tags.operator, tags.paren, tags.brace, tags.separator], color: 'var(--text-2)' },
]);

const look = EditorView.theme({
  '&': {
    backgroundColor: 'var(--bg-raised)',
    color: 'var(--text)',
    fontSize: '13px',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
  },
  '&.cm-focused': { outline: 'none', borderColor: 'var(--accent)' },
  '.cm-content': {
    fontFamily: 'var(--mono)',
    // `|=` and `=~` are typed as two signs, and read as two.
    fontVariantLigatures: 'none',
    padding: '6px 4px',
    caretColor: 'var(--text)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--bg-selected)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--bg-selected)', outline: '1px solid var(--line-strong)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg-raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '18em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-selected)', color: 'var(--text)' },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-completionMatchedText': { color: 'var(--accent-text)', textDecoration: 'none' },
  '.cm-completionInfo': { backgroundColor: 'var(--bg-raised)', padding: '6px 10px', maxWidth: '320px' },
  '.cm-diagnostic': { borderLeft: '3px solid var(--bad)', padding: '4px 10px' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
});
