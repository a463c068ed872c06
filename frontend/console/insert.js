// Words that are ready: "/" in the box for a citizen finds saved replies, and whatever carries
// `data-insert` puts its words there. Which saved replies stand in an answer goes with it, to be counted.
const QUERY = /(^|\n)\/([^\n/]{0,30})$/;
const PAUSE = 150;

export function insertReadyWords() {
  let asking = null;
  let round = 0;

  document.addEventListener("input", (event) => {
    if (event.target.id !== "reply-text") return;
    clearTimeout(asking);
    const words = queryOf(event.target);
    if (words === null) close();
    else asking = setTimeout(() => show(words), PAUSE);
  });
  document.addEventListener("keydown", (event) => {
    const list = open();
    if (event.target.id !== "reply-text" || !list) return;
    const choices = [...list.querySelectorAll("[data-insert]")];
    const at = choices.findIndex((each) => each.ariaSelected === "true");
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + choices.length) % choices.length;
      choose(choices, next);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && choices[at]) {
      insert(choices[at]);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const ready = event.target.closest?.("[data-insert]");
    if (ready) insert(ready);
    else if (event.target.id !== "reply-text" && !event.target.closest?.("#reply-choices")) close();
  });

  async function show(words) {
    const list = document.getElementById("reply-choices");
    if (!list) return;
    const mine = ++round;
    try {
      const url = `${list.dataset.choices}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected || mine !== round) return;
      list.innerHTML = await answer.text();
    } catch {
      return; // no connection: what is typed stays what it is
    }
    list.hidden = false;
    choose([...list.querySelectorAll("[data-insert]")], 0);
  }
}

function queryOf(box) {
  return QUERY.exec(box.value.slice(0, box.selectionStart))?.[2] ?? null;
}

function open() {
  const list = document.getElementById("reply-choices");
  return list && !list.hidden ? list : null;
}

function close() {
  const list = document.getElementById("reply-choices");
  if (list) list.hidden = true;
}

function choose(choices, at) {
  choices.forEach((each, number) => (each.ariaSelected = String(number === at)));
  choices[at]?.scrollIntoView({ block: "nearest" });
}

function insert(ready) {
  const box = document.getElementById("reply-text");
  if (!box) return;
  const words = queryOf(box);
  const end = box.selectionStart;
  const start = words === null ? end : end - words.length - 1;
  const text = ready.dataset.insert;
  box.setRangeText(text, start, end, "end");
  if (ready.dataset.used) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "used", value: ready.dataset.used });
    document.querySelector("[data-used-here]")?.append(field);
  }
  close();
  box.focus();
  // To the first place that is still to be filled.
  const place = /[{｛][^{}｛｝\n]+[}｝]/.exec(text);
  if (place) box.setSelectionRange(start + place.index, start + place.index + place[0].length);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
