// The inbox's keyboard: j, k and the arrows choose, Enter opens, r replies, Ctrl+Enter sends; what else
// a letter does stands at the thing it presses, as `data-press`, and in the sheet of keys.
import { isTyping } from "./lists.js";

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function startInbox() {
  scrollDown();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "conversation") return;
    const key = event.target.querySelector("[data-conversation]")?.dataset.conversation;
    for (const person of document.querySelectorAll(".person")) {
      const isHere = person.dataset.key === key;
      person.classList.toggle("is-here", isHere);
      if (isHere) {
        person.classList.remove("is-unread");
        person.setAttribute("aria-current", "true");
      } else person.removeAttribute("aria-current");
    }
    scrollDown();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("select[data-submits]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-reply]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    // Out of the box, so that the letter keys work again; what was written stays.
    if (event.key === "Escape" && event.target.id === "reply-text" && !event.isComposing) {
      event.target.blur();
      return;
    }
    if (!document.querySelector("[data-inbox]") || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const step = STEPS[event.key];
    if (step) {
      // In the thread the arrows scroll.
      if (event.key.startsWith("Arrow") && event.target.closest("[data-live-thread], .about")) return;
      walk(step);
      event.preventDefault();
    } else if (event.key === "r") {
      document.getElementById("reply-text")?.focus();
      event.preventDefault();
    } else if (/^[a-z]$/.test(event.key)) {
      const pressed = document.querySelector(`[data-press="${event.key}"]`);
      if (!pressed || pressed.disabled) return;
      event.preventDefault();
      if (pressed.localName === "details") unfold(pressed);
      else if (event.key === "u") backToPeople(pressed);
      else pressed.click();
    }
  });
}

export function scrollDown() {
  const lines = document.querySelector("[data-live-thread]");
  if (!lines) return;
  const found = lines.querySelector(".is-found");
  if (found) return found.scrollIntoView({ block: "center" });
  lines.scrollTop = lines.scrollHeight;
  // On a phone the page scrolls, not the pane.
  if (lines.scrollHeight <= lines.clientHeight && document.documentElement.scrollHeight > innerHeight) {
    document.querySelector(".reply")?.scrollIntoView({ block: "end" });
  }
}

function walk(step) {
  const people = [...document.querySelectorAll(".person")];
  if (!people.length) return;
  const now = people.indexOf(document.activeElement.closest?.(".person"));
  const at = now < 0 ? people.findIndex((each) => each.classList.contains("is-here")) : now;
  people[Math.min(Math.max(at + step, 0), people.length - 1)].focus();
}

function unfold(fold) {
  fold.open = true;
  fold.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}

// Beside each other the list is there already; on a phone it is another page.
function backToPeople(link) {
  const here = document.querySelector(".person.is-here") ?? document.querySelector(".person");
  if (here?.offsetParent) here.focus();
  else link.click();
}
