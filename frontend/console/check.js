// Checking accounts with the keyboard. What is typed is kept on this machine at once and on the server
// a moment later; a line that broke loses nothing. A pasted picture is kept on the server right away.
import { keptAs, remembered } from "./kept.js";

const WORDS = {
  zh: {
    saving: "正在保存…",
    saved: "已保存",
    offline: "网络不通，已留在这台电脑上，恢复后自动保存",
    restored: "已恢复没有保存到服务器的内容",
    picture: "正在留存截图…",
    left: "还有要您逐项看的指标",
  },
  en: {
    saving: "Saving…",
    saved: "Saved",
    offline: "No connection; kept on this machine and saved when it is back",
    restored: "What had not reached the server was restored",
    picture: "Keeping the picture…",
    left: "Some lines need your own look",
  },
};
const PAUSE = 900;
const AGAIN = 8000;

export function startCheck() {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const words = document.documentElement.lang === "en" ? WORDS.en : WORDS.zh;
  const kept = keptAs("check", form.dataset.check);
  const lines = [...form.querySelectorAll("[data-line]")];
  const state = form.querySelector("[data-check-state]");
  const revision = form.elements.namedItem("revision");
  let current = 0;
  let timer = null;
  let saving = null;
  let isDirty = false;

  const say = (text) => (state.textContent = text);
  const radio = (line, value) => line.querySelector(`input[type=radio][value="${value}"]`);
  const markOf = (line) => line.querySelector("input[type=radio]:checked")?.value ?? "";

  function draw() {
    for (const [at, line] of lines.entries()) {
      line.classList.toggle("is-here", at === current);
      const mark = markOf(line);
      const hasWords = [...line.querySelectorAll("[data-more] input:not([type=file])")].some((each) => each.value);
      line.querySelector("[data-more]").hidden = !(mark === "fails" || mark === "unclear" || hasWords);
      line.classList.toggle("is-done", Boolean(mark));
      line.dataset.mark = mark;
    }
  }

  function go(at, focus = true) {
    current = Math.min(Math.max(at, 0), lines.length - 1);
    draw();
    if (focus) lines[current].focus({ preventScroll: true });
    lines[current].scrollIntoView({ block: "nearest" });
  }

  function mark(line, value) {
    radio(line, value).checked = true;
    changed();
    if (value === "fails" || value === "unclear") {
      draw();
      line.querySelector("[data-more] input").focus();
    } else {
      const next = lines.findIndex((each, at) => at > current && !markOf(each));
      go(next < 0 ? current : next);
    }
  }

  // What the machine doubts stays for a person; nothing that was marked is changed.
  function rest() {
    for (const line of lines) {
      if (markOf(line)) continue;
      const guess = line.dataset.guess;
      if (guess === "fails" || guess === "unclear") continue;
      radio(line, guess === "na" ? "na" : "passes").checked = true;
    }
    changed();
    const open = lines.findIndex((each) => !markOf(each));
    if (open >= 0) say(words.left);
    go(open < 0 ? lines.length - 1 : open);
  }

  // Kept -----------------------------------------------------------------------------------------

  function typed() {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && /^(mark|note|link|evidence)-/.test(name)) found[name] = value;
    }
    return found;
  }

  function keep() {
    localStorage.setItem(kept, JSON.stringify({ revision: revision.value, typed: typed(), isDirty }));
  }

  function changed() {
    isDirty = true;
    keep();
    draw();
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function save() {
    clearTimeout(timer);
    if (!isDirty || saving) return saving;
    isDirty = false;
    say(words.saving);
    const body = new FormData();
    for (const [name, value] of Object.entries(typed())) body.append(name, value);
    body.append("revision", revision.value);
    const headers = { "X-CSRFToken": document.body.dataset.csrf };
    saving = fetch(form.dataset.draftUrl, { method: "POST", body, headers, redirect: "error" })
      .then(async (answer) => {
        const told = await answer.json();
        if (answer.ok) revision.value = String(told.revision);
        if (!answer.ok) isDirty = true;
        keep();
        say(answer.ok ? words.saved : told.message);
      })
      .catch(() => {
        isDirty = true;
        keep();
        say(words.offline);
        timer = setTimeout(save, AGAIN);
      })
      .finally(() => (saving = null));
    return saving;
  }

  function restore() {
    const before = remembered(kept, null);
    if (!before?.isDirty || before.revision !== revision.value || form.querySelector(".error-summary")) return;
    for (const [name, value] of Object.entries(before.typed)) {
      if (name.startsWith("mark-")) {
        const found = form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
        if (found) found.checked = true;
      } else {
        const field = form.elements.namedItem(name);
        if (field) field.value = value;
      }
    }
    changed();
    say(words.restored);
  }

  // Pictures -------------------------------------------------------------------------------------

  async function picture(line, file) {
    say(words.picture);
    const body = new FormData();
    body.append("file", file, file.name || "paste.png");
    const headers = { "X-CSRFToken": document.body.dataset.csrf };
    try {
      const answer = await fetch(form.dataset.pictureUrl, { method: "POST", body, headers, redirect: "error" });
      const told = await answer.json();
      if (!answer.ok) return say(told.message);
      line.querySelector("input[name^=evidence-]").value = String(told.number);
      line.querySelector("[data-kept]").textContent = told.name;
      line.querySelector("input[type=file]").value = "";
      changed();
    } catch {
      say(words.offline); // the chosen file stays in its field and goes with the form
    }
  }

  // Events ---------------------------------------------------------------------------------------

  form.addEventListener("input", (event) => event.target.type !== "file" && changed());
  form.addEventListener("change", (event) => {
    const line = event.target.closest("[data-line]");
    if (event.target.type === "file" && event.target.files[0]) picture(line, event.target.files[0]);
  });
  form.addEventListener("focusin", (event) => {
    const at = lines.indexOf(event.target.closest("[data-line]"));
    if (at >= 0 && at !== current) go(at, false);
  });
  form.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    picture(lines[current], file);
  });
  form.querySelector("[data-rest]").addEventListener("click", rest);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    keep();
    if (!saving) return;
    event.preventDefault(); // the draft on its way carries the revision that this one needs
    event.stopImmediatePropagation();
    saving.then(() => form.requestSubmit());
  });
  addEventListener("online", save);
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const isWriting = event.target.matches?.("input:not([type=radio]), textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (isWriting && form.contains(event.target)) {
      if (event.key === "Escape") go(current);
      else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        if (event.target.name.startsWith("note-")) lines[current].querySelector("input[type=url]").focus();
        else go(nextOpen());
      }
    } else if (!isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) press(event);
  });

  function nextOpen() {
    const next = lines.findIndex((each, at) => at > current && !markOf(each));
    return next < 0 ? current : next;
  }

  function press(event) {
    const chosen = lines[current].querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
    if (chosen) mark(lines[current], chosen.value);
    else if (event.key === "j" || event.key === "ArrowDown") go(current + 1);
    else if (event.key === "k" || event.key === "ArrowUp") go(current - 1);
    else if (event.key === "a") rest();
    else if (event.key === "s") form.requestSubmit();
    else if (event.key === "o") document.querySelector("[data-open]")?.click();
    else return;
    event.preventDefault();
  }

  restore();
  const wrong = lines.findIndex((each) => each.classList.contains("has-error"));
  const first = wrong >= 0 ? wrong : lines.findIndex((each) => !markOf(each));
  go(Math.max(first, 0));
}
