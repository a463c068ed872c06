// Live: the server says that something changed; the panes that show it are fetched again.
import { scrollDown } from "./inbox.js";

const FALLBACK = 5000;

export function startLive(htmx) {
  if (!document.querySelector("[data-inbox]")) return;
  let timer = null;
  const source = new EventSource("/console/events");
  source.addEventListener("change", refresh);
  source.addEventListener("open", () => {
    clearInterval(timer);
    timer = null;
  });
  source.addEventListener("error", () => {
    timer ??= setInterval(refresh, FALLBACK);
  });
  addEventListener("pagehide", () => source.close());

  async function refresh() {
    const inbox = document.querySelector("[data-inbox]");
    const key = document.querySelector("[data-conversation]")?.dataset.conversation ?? "";
    const query = new URLSearchParams(location.search);
    query.set("selected", key);
    await replace(document.querySelector("[data-live-people]"), `${inbox.dataset.people}?${query}`);
    const thread = document.querySelector("[data-live-thread]");
    if (thread) {
      const wasAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
      await replace(thread, thread.dataset.liveThread);
      if (wasAtEnd) scrollDown();
    }
  }

  async function replace(place, url) {
    if (!place) return;
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    const words = await answer.text();
    const focused = document.activeElement?.closest?.(".person")?.dataset.key;
    place.innerHTML = words;
    htmx.process(place);
    if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus();
  }
}
