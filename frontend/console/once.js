// A form that changes something is sent once: a second click or Enter before the answer is swallowed, and
// the button shows that it is under way. The server refuses a repeat by itself; this saves the confusion.
const AGAIN_AFTER = 10_000; // when no page followed: a download, a line that broke

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.ariaBusy === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented) return;
    form.ariaBusy = "true";
    setTimeout(() => (form.ariaBusy = null), AGAIN_AFTER);
  });
  // Back from the page that followed.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.ariaBusy = null;
  });
}
