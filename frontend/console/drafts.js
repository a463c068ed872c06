// What is typed to a citizen is kept on this machine until it is sent.
const SAVED = { zh: "草稿已保存", en: "Draft saved" };

export function watchDrafts() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form || event.target.name !== "text") return;
    const name = `draft:${form.dataset.draft}`;
    if (event.target.value) localStorage.setItem(name, event.target.value);
    else localStorage.removeItem(name);
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = document.documentElement.lang === "en" ? SAVED.en : SAVED.zh;
  });
  document.addEventListener("htmx:afterSwap", restore);
  // Before the answer is shown: afterwards the draft would be put back into the empty box.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form[data-draft]");
    if (form && event.detail.xhr.status < 300) localStorage.removeItem(`draft:${form.dataset.draft}`);
  });
  restore();
}

function restore() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const box = form.querySelector("[name=text]");
    const kept = localStorage.getItem(`draft:${form.dataset.draft}`);
    if (kept && !box.value) box.value = kept;
  }
}
