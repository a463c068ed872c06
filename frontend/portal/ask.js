// Questions we know, under the box while she types; without a script the form asks all the same.
const CALM = 120; // ms after the last key

export function suggestions(form) {
  const box = form.elements.q;
  const list = form.querySelector("[data-suggested]");
  let timer = 0;
  let asked = "";
  let number = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, CALM);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show([]);
    if (event.key === "ArrowDown") move(event, 0);
  });
  list.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") move(event, Math.min(at + 1, links.length - 1));
    if (event.key === "ArrowUp" && at === 0) box.focus();
    else if (event.key === "ArrowUp") move(event, at - 1);
    if (event.key === "Escape") {
      show([]);
      box.focus();
    }
  });

  function move(event, place) {
    const link = list.querySelectorAll("a")[place];
    if (!link) return;
    event.preventDefault();
    link.focus();
  }

  async function look() {
    const words = box.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < 2) return show([]);
    const mine = ++number;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("q", words);
    let found = [];
    try {
      const answer = await fetch(form.dataset.suggest, { method: "POST", body, credentials: "same-origin" });
      found = answer.ok ? (await answer.json()).found : [];
    } catch {
      found = []; // without a connection nothing is offered; the form still asks
    }
    if (mine === number) show(found);
  }

  function show(found) {
    list.replaceChildren(
      ...found.map((each) => {
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = each.url;
        link.textContent = each.question;
        line.append(link);
        return line;
      }),
    );
    list.hidden = found.length === 0;
  }
}
