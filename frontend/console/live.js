// Live: the server says which topics changed; what shows them is fetched again. A page that nobody
// looks at lets go of its stream: a browser has six connections for all its tabs.
import { scrollDown } from "./inbox.js";

const FALLBACK = { inbox: 5000, counts: 30000 };
// What is said is shown at once; a page that has just been at it waits, longer where answers come slowly.
const FIRST = 30;
const BETWEEN = 300;
const TIMES_LONGER = 1;
const COUNT_DOWN = 60000;
// A busy city changes every second; a hundred open pages need not count as often.
const BETWEEN_COUNTS = 5000;
const LIVE = { "HX-Request": "true", "X-Live": "1" };

export function startLive(htmx) {
  if (!document.body.dataset.counts) return;
  const inbox = document.querySelector("[data-inbox]");
  let source = null;
  let timer = null;
  let soon = null;
  let waiting = new Set();
  let rested = 0; // when it may look again
  const marks = new WeakMap(); // place: the mark of what was last put there
  let counting = null;
  let counted = 0;

  function listen() {
    if (source || document.hidden) return;
    source = new EventSource("/console/events");
    source.addEventListener("change", (event) => hear(JSON.parse(event.data)));
    source.addEventListener("open", () => {
      clearInterval(timer);
      timer = null;
    });
    source.addEventListener("error", () => {
      timer ??= setInterval(() => hear(["messages"]), inbox ? FALLBACK.inbox : FALLBACK.counts);
      // Refused is for good: somebody signed out, or may not listen.
      if (source?.readyState === EventSource.CLOSED) source = null;
    });
  }
  function rest() {
    source?.close();
    source = null;
    clearInterval(timer);
    timer = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
  // The window's count-down goes on while nobody speaks.
  if (inbox) setInterval(() => document.hidden || hear(["messages"]), COUNT_DOWN);

  // Many changes within a moment are one.
  function hear(topics) {
    for (const topic of topics) waiting.add(topic);
    soon ??= setTimeout(async () => {
      const heard = waiting;
      waiting = new Set();
      countSoon();
      const begun = Date.now();
      if (inbox && heard.has("messages")) {
        await refresh();
        rested = Date.now() + Math.max(BETWEEN, TIMES_LONGER * (Date.now() - begun));
      } else if (inbox && heard.has("said")) await refreshThread();
      soon = null;
      if (waiting.size) hear([]);
    }, Math.max(FIRST, rested - Date.now()));
  }

  function countSoon() {
    counting ??= setTimeout(
      () => {
        counted = Date.now();
        counting = null; // what changes from here on is counted again
        count();
      },
      Math.max(0, counted + BETWEEN_COUNTS - Date.now()),
    );
  }

  async function count() {
    const answer = await ask(document.body.dataset.counts);
    if (!answer) return;
    const numbers = await answer.json();
    for (const place of document.querySelectorAll("[data-count]")) {
      const number = numbers[place.dataset.count] ?? 0;
      place.querySelector("[data-number]").textContent = number;
      place.hidden = !number;
    }
  }

  async function refresh() {
    const key = document.querySelector("[data-conversation]")?.dataset.conversation ?? "";
    const query = new URLSearchParams(location.search);
    query.set("selected", key);
    const people = document.querySelector("[data-live-people]");
    await replace(people, `${inbox.dataset.people}?${query}`);
    spread(people);
    await refreshThread();
  }

  async function refreshThread() {
    const thread = document.querySelector("[data-live-thread]");
    if (thread) {
      const wasAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
      await replace(thread, thread.dataset.liveThread);
      spread(thread);
      if (wasAtEnd) scrollDown();
    }
  }

  // What an answer brings for other places, unless somebody is at work in one.
  function spread(from) {
    for (const part of from?.querySelectorAll("template[data-into]") ?? []) {
      const place = document.getElementById(part.dataset.into);
      if (place && !place.contains(document.activeElement)) place.replaceChildren(part.content.cloneNode(true));
    }
    const seen = from?.querySelector("[name=seen]")?.value;
    if (!seen) return;
    const before = document.querySelector("[data-seen]")?.value;
    for (const each of document.querySelectorAll("[data-seen]")) each.value = seen;
    if (before && before !== seen) document.getElementById("suggestions")?.dispatchEvent(new Event("asked"));
  }

  async function replace(place, url) {
    if (!place) return;
    const has = place.dataset.mark === url ? marks.get(place) : null;
    const answer = await ask(url, has);
    if (!answer) return;
    const words = await answer.text();
    marks.set(place, answer.headers.get("ETag"));
    place.dataset.mark = url;
    const focused = document.activeElement?.closest?.(".person")?.dataset.key;
    place.innerHTML = words;
    htmx.process(place);
    if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  // Nothing when it cannot be had now; a page whose session has ended stops asking.
  async function ask(url, mark) {
    try {
      const headers = mark ? { ...LIVE, "If-None-Match": mark } : LIVE;
      const answer = await fetch(url, { headers });
      if (answer.redirected) rest();
      return answer.ok && !answer.redirected ? answer : null;
    } catch {
      return null;
    }
  }
}
