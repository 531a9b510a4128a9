// Keys for what has a button, and the offsets of words that are selected. The forms work without either.
(() => {
  "use strict";
  // ---- keys ----
  const box = document.getElementById("keys");
  if (box) {
    box.parentElement.hidden = false;
    try {
      box.checked = localStorage.getItem("kg-keys") !== "off";
      box.addEventListener("change", () => localStorage.setItem("kg-keys", box.checked ? "on" : "off"));
    } catch { /* a browser that keeps nothing */ }
  }
  let sent = false;
  for (const form of document.forms)
    form.addEventListener("submit", (event) => {
      if (form.method !== "post") return;
      if (sent) event.preventDefault(); // a key that is held decides once
      sent = true;
    });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("keydown", (event) => {
    if (!box?.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    if (!/^[a-z]$/.test(event.key)) return;
    const target = document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "SUMMARY") {
      target.parentElement.open = true;
      target.parentElement.querySelector("input:not([type=hidden]), select")?.focus();
    } else target.click();
  });
  // ---- the words in the text ----
  const text = document.getElementById("text");
  const here = document.getElementById("here");
  if (text && here) text.scrollTop = here.offsetTop - text.offsetTop - text.clientHeight / 3;
  const form = document.querySelector("form.adding");
  if (!text || !form) return;
  // numbers that are put between the words belong to no source
  const length = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return [...node.data].length;
    if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return 0;
    if (node.classList?.contains("ref")) return 0;
    return [...node.childNodes].reduce((sum, child) => sum + length(child), 0);
  };
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.classList?.contains("ref")) return "";
    return [...node.childNodes].map(words).join("");
  };
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const quote = words(range.cloneContents());
    if (!quote.trim()) return;
    // source offsets count characters, and a selection counts UTF-16 units
    const start = Number(text.dataset.offset) + length(before.cloneContents());
    form.elements.quote.value = quote;
    form.elements.start.value = start;
    form.elements.end.value = start + [...quote].length;
  });
  form.elements.quote.addEventListener("input", () => { form.elements.start.value = form.elements.end.value = ""; });
})();
