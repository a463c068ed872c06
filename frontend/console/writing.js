// Tells colleagues that there are words in the box for a citizen, and that there are none any more. What
// the words are stays here; the server forgets it by itself within half a minute.
const AGAIN = 10_000;

export function sayWhoWrites() {
  let told = null; // where it was said that there are words

  function form() {
    return document.querySelector("form[data-writing]");
  }
  function tell(url, has) {
    told = has ? url : null;
    // Not a person's doing: it keeps no session open.
    const headers = { "X-CSRFToken": document.body.dataset.csrf, "X-Live": "1" };
    const body = new URLSearchParams({ words: has ? "1" : "0" });
    fetch(url, { method: "POST", headers, body, keepalive: true }).catch(() => {});
  }
  function look() {
    const here = form();
    const url = here?.dataset.writing ?? null;
    const has = Boolean(here?.querySelector("textarea").value.trim()) && !document.hidden;
    if (told && (told !== url || !has)) tell(told, false);
    return has ? url : null;
  }

  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("form[data-writing]")) return;
    const url = look();
    if (url && told !== url) tell(url, true);
  });
  setInterval(() => {
    const url = look();
    if (url) tell(url, true);
  }, AGAIN);
  document.body.addEventListener("htmx:afterSwap", look);
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => told && tell(told, false));
}
