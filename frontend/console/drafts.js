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
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) form.dataset.sending = form.querySelector("[name=text]").value;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form?.dataset.sending && event.detail.successful) {
      localStorage.removeItem(`draft:${form.dataset.draft}`);
    }
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
