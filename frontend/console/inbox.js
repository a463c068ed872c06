// The inbox's keyboard: j and k choose, Enter opens, r replies, t makes a ticket, Ctrl+Enter sends.
import { isTyping } from "./lists.js";

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
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-reply]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (!document.querySelector("[data-inbox]") || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      const people = [...document.querySelectorAll(".person")];
      if (!people.length) return;
      const now = people.indexOf(document.activeElement.closest?.(".person"));
      const at = now < 0 ? people.findIndex((each) => each.classList.contains("is-here")) : now;
      const next = Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), people.length - 1);
      people[next].focus();
      event.preventDefault();
    } else if (event.key === "r") {
      document.getElementById("reply-text")?.focus();
      event.preventDefault();
    } else if (event.key === "t") {
      const fold = document.querySelector("[data-ticket-form]");
      if (fold) {
        fold.open = true;
        fold.querySelector("textarea").focus();
        event.preventDefault();
      }
    }
  });
}

export function scrollDown() {
  const lines = document.querySelector("[data-live-thread]");
  if (!lines) return;
  lines.scrollTop = lines.scrollHeight;
  // On a phone the page scrolls, not the pane.
  if (lines.scrollHeight <= lines.clientHeight && document.documentElement.scrollHeight > innerHeight) {
    document.querySelector(".reply")?.scrollIntoView({ block: "end" });
  }
}
