// What is typed to a citizen or a colleague is kept on this machine until the server has taken it.
import { keptAs } from "./kept.js";

const SAVED = { zh: "草稿已保存", en: "Draft saved" };
const SENT = "desk:draft-sent";

export function watchDrafts() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || event.target.localName !== "textarea") return;
    const name = draftOf(form);
    if (event.target.value) localStorage.setItem(name, event.target.value);
    else localStorage.removeItem(name);
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = document.documentElement.lang === "en" ? SAVED.en : SAVED.zh;
  });
  document.addEventListener("htmx:afterSwap", restore);
  // Before the answer is shown: afterwards the draft would be put back into the empty box.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig?.elt;
    const form = asked?.matches?.("form[data-draft]") ? asked : null; // not what it asks while she types
    if (form && event.detail.xhr.status < 300) localStorage.removeItem(draftOf(form));
  });
  // A form that leaves the page: only the page that says it was done ends the draft. One that asks to
  // sign in again, or an error, does not.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-draft]:not([hx-post])");
    if (form) sessionStorage.setItem(SENT, draftOf(form));
  });
  const sent = sessionStorage.getItem(SENT);
  if (sent) {
    sessionStorage.removeItem(SENT);
    const isHers = sent.startsWith(keptAs("draft", ""));
    if (isHers && document.querySelector(".message-success")) localStorage.removeItem(sent);
  }
  restore();
}

function draftOf(form) {
  return keptAs("draft", form.dataset.draft);
}

function restore() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const box = form.querySelector("textarea");
    const kept = localStorage.getItem(draftOf(form));
    if (!kept || box.value) continue;
    box.value = kept;
    const fold = form.closest("details");
    if (fold) fold.open = true;
  }
}
