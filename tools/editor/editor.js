// The SPARQL editor of the workbench: CodeMirror 6 with what a query needs, as one script (viz/vendor/codemirror).
// It lives in a shadow root, since CodeMirror then styles itself by constructed sheets, which the page's content
// security policy allows; a <style> element would be refused.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--mark)" },
  { tag: [tags.string, tags.literal, tags.number, tags.bool], color: "var(--string)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.namespace, tags.url], color: "var(--ink)", textDecoration: "none" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "var(--card)", color: "var(--ink)", fontSize: "14px" },
  "&.cm-focused": { outline: "2px solid var(--focus)" },
  ".cm-content": { fontFamily: "ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace", caretColor: "var(--ink)", minHeight: "12em" },
  ".cm-scroller": { overflow: "auto", maxHeight: "60vh", lineHeight: "1.55" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--card)", color: "var(--soft)", borderRight: "1px solid var(--faint)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--faint) 40%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--focus) 30%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--card)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail": { color: "var(--card)" },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { maxWidth: "320px", fontFamily: "system-ui, sans-serif" },
  ".cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)" },
  ".cm-diagnostic": { fontFamily: "system-ui, sans-serif" },
});

const KEYWORDS = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES CONSTRUCT DESCRIBE ASK LIMIT OFFSET COUNT SUM "
  + "MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG CONTAINS STRSTARTS REGEX BOUND COALESCE EXISTS PREFIX FROM HAVING").split(" ")
  .concat("ORDER BY", "GROUP BY", "NOT EXISTS", "FROM NAMED");

// a term is found by its name, and by what it is called in Chinese and English
function completions(terms) {
  const vocabulary = terms.map((term) => ({
    words: `${term.name} ${term.zh} ${term.en}`.toLowerCase(),
    option: { label: term.name, detail: `${term.zh} · ${term.en}`, info: term.about || undefined, type: term.sort },
  }));
  return (context) => {
    const word = context.matchBefore(/[?$]?[\w:\-\u3400-\u9fff]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const typed = word.text.toLowerCase();
    if (/^[?$]/.test(typed)) {
      const names = new Set(context.state.doc.toString().match(/\?\w+/g) || []);
      names.delete(word.text);
      return { from: word.from, options: [...names].map((label) => ({ label, type: "variable" })) };
    }
    const inside = vocabulary.filter((one) => one.words.includes(typed));
    inside.sort((one, other) => rank(one, word.text) - rank(other, word.text));
    const keywords = typed.includes(":") ? [] : KEYWORDS.filter((keyword) => keyword.toLowerCase().startsWith(typed));
    const options = [...inside.map((one) => one.option), ...keywords.map((label) => ({ label, type: "keyword" }))];
    return options.length ? { from: word.from, options: options.slice(0, 60), filter: false } : null;
  };
}

// kg:acqui means kg:acquires before kg:Acquisition
function rank(one, text) {
  const label = one.option.label, typed = text.toLowerCase();
  const begins = (name, start) => name.startsWith(start) || name.split(":")[1].startsWith(start);
  if (begins(label, text)) return 0;
  if (begins(label.toLowerCase(), typed)) return 1;
  return one.words.includes(` ${typed}`) ? 2 : 3;
}

// host: an empty element; label: for screen readers; phrases: CodeMirror's own words in the page's language
export function mount(host, { text, label, terms, run, changed, phrases }) {
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorState.phrases.of(phrases || {}),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), highlightSelectionMatches(), lintGutter(), EditorView.lineWrapping,
        sparql(), syntaxHighlighting(colours), look,
        autocompletion({ override: [completions(terms)], icons: false }),
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          // Tab indents only in a line's text: who comes by the keyboard leaves by Escape and Tab
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap,
        ]),
        EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
      ],
    }),
  });
  return {
    get text() { return view.state.doc.toString(); },
    set text(value) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } }); },
    focus() { view.focus(); },
    // a line and a column from 1, and a sentence; none clears
    fault(line, column, message) {
      if (!line) return view.dispatch(setDiagnostics(view.state, []));
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
      const rest = /^\S*/.exec(view.state.sliceDoc(from, at.to))[0].length;
      const mark = { from: Math.min(from, Math.max(at.to - 1, at.from)), to: Math.max(from + rest, Math.min(from + 1, at.to)), severity: "error", message };
      view.dispatch(setDiagnostics(view.state, [mark]), { effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
  };
}
