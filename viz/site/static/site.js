// Small comforts; every page works without them. What comes from reports is put in as text, never as markup.
(() => {
  "use strict";
  // ---- copy as citation ----
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const before = button.textContent;
      try {
        await navigator.clipboard.writeText(button.dataset.copy.trim());
        button.textContent = "✓";
      } catch {
        const area = document.createElement("textarea");
        area.value = button.dataset.copy.trim();
        area.readOnly = true;
        button.after(area);
        area.select();
        return;
      }
      setTimeout(() => { button.textContent = before; }, 1500);
    });
  }
  // ---- an item's text and its facts point at each other ----
  const text = document.getElementById("text");
  if (text) {
    const light = (numbers, on) => {
      for (const number of numbers) {
        document.getElementById("f" + number)?.classList.toggle("lit", on);
        for (const mark of text.querySelectorAll("mark.fact"))
          if (mark.dataset.facts.split(" ").includes(String(number))) mark.classList.toggle("lit", on);
      }
    };
    const watch = (element, numbers) => {
      for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]])
        element.addEventListener(event, () => light(numbers, on));
    };
    for (const mark of text.querySelectorAll("mark.fact")) watch(mark, mark.dataset.facts.split(" "));
    for (const fact of document.querySelectorAll("[data-fact]")) watch(fact, [fact.dataset.fact]);
  }
  // ---- what somebody may be typing ----
  let listed = 0;
  for (const input of document.querySelectorAll("input[data-suggest], header.site input[type=search]")) {
    const goes = input.name === "q";
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = "suggestions" + listed++;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels?.[0]?.textContent.trim() || "");
    list.hidden = true;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("autocomplete", "off");
    const box = document.createElement("span");
    box.className = "suggesting";
    input.before(box);
    box.append(input, list);
    let found = [], at = -1, asked = 0, timer = 0;
    const close = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      at = next;
      [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
      if (at >= 0) input.setAttribute("aria-activedescendant", list.children[at].id);
    };
    const take = (one) => {
      close();
      if (goes) location.href = one.href;
      else input.value = one.label;
    };
    const ask = async () => {
      const mine = ++asked, typed = input.value.trim();
      if (!typed) return close();
      let answer;
      try {
        answer = await (await fetch("/suggest?q=" + encodeURIComponent(typed), { headers: { accept: "application/json" } })).json();
      } catch {
        return;
      }
      if (mine !== asked || document.activeElement !== input || !Array.isArray(answer)) return;
      found = answer;
      list.replaceChildren(...found.map((one, place) => {
        const item = document.createElement("li");
        item.id = list.id + "-" + place;
        item.setAttribute("role", "option");
        item.textContent = one.label;
        const small = document.createElement("small");
        small.textContent = " " + one.type + (one.matched === one.label ? "" : " · " + one.matched);
        item.append(small);
        item.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
        return item;
      }));
      at = -1;
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") mark((at + 1) % found.length);
      else if (event.key === "ArrowUp") mark((at - 1 + found.length) % found.length);
      else if (event.key === "Enter" && at >= 0) take(found[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
  }
})();
