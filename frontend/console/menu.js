// The menu editor: how much room is left, what a choice needs, and the menu as the phone shows it.
const ENGLISH = document.documentElement.lang === "en";
const size = (text) => new TextEncoder().encode(text).length;

export function startMenu() {
  const form = document.querySelector("form[data-menu]");
  if (!form) return;
  const preview = form.querySelector("[data-preview]");
  let open = null;
  let drawn = "";
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  form.addEventListener("focusin", (event) => {
    const at = event.target.closest("[data-button]")?.dataset.button;
    if (at !== undefined && at !== open) {
      open = at;
      draw();
    }
  });
  preview.addEventListener("click", (event) => {
    const at = event.target.closest("[data-at]")?.dataset.at;
    if (at === undefined) return;
    open = open === at ? null : at;
    draw();
  });
  draw();

  function draw() {
    for (const slot of form.querySelectorAll(".menu-slot")) drawSlot(slot);
    const buttons = [...form.querySelectorAll("[data-button]")].map(read);
    for (const [at, fieldset] of [...form.querySelectorAll("[data-button]")].entries()) {
      const isFilled = buttons[at].below.some((each) => each.name);
      fieldset.querySelector("[data-below]").hidden = buttons[at].does !== "menu" && !isFilled;
      const hasError = fieldset.querySelector("[data-below] .error");
      if (hasError) fieldset.querySelector("[data-below]").hidden = false;
    }
    // Only when it looks different: a button taken away under the pointer would not hear the click.
    const look = JSON.stringify([open, buttons]);
    if (look === drawn) return;
    drawn = look;
    const bar = preview.querySelector(".menu-phone-bar");
    const body = preview.querySelector(".menu-phone-body");
    bar.replaceChildren();
    body.replaceChildren();
    for (const [at, button] of buttons.entries()) {
      if (!button.name && !button.does) continue;
      const item = document.createElement("button");
      item.type = "button";
      item.className = "menu-phone-button";
      item.dataset.at = String(at);
      const unfolds = button.does === "menu";
      item.textContent = (unfolds ? "≡ " : "") + (button.name || "…");
      if (unfolds) item.setAttribute("aria-expanded", String(open === String(at)));
      bar.append(item);
      if (!unfolds || open !== String(at)) continue;
      const list = document.createElement("div");
      list.className = `menu-phone-list at-${at}`;
      for (const below of button.below.filter((each) => each.name)) {
        const line = document.createElement("span");
        line.textContent = below.name;
        list.append(line);
      }
      if (list.childElementCount) body.append(list);
    }
  }
}

function read(fieldset) {
  const [first, ...below] = fieldset.querySelectorAll(".menu-slot");
  return { ...readSlot(first), below: below.map(readSlot) };
}

function readSlot(slot) {
  return {
    name: slot.querySelector("[data-bytes]").value.trim(),
    does: slot.querySelector("[data-does]").value,
  };
}

function drawSlot(slot) {
  const name = slot.querySelector("[data-bytes]");
  tell(name, Number(name.dataset.bytes));
  const does = slot.querySelector("[data-does]").value;
  const place = slot.querySelector("[data-text-of]");
  const text = place.querySelector("textarea");
  const longest = { say: 2048, ask: 300, view: 1024 }[does];
  place.hidden = !longest && !place.querySelector(".error");
  for (const label of place.querySelectorAll("[data-for]")) {
    label.hidden = label.dataset.for !== does;
  }
  if (longest) tell(text, longest);
  const words = slot.closest("details")?.querySelector("[data-summary]");
  if (words) words.textContent = name.value;
}

// Room left, in characters of Chinese: three bytes each.
function tell(box, longest) {
  const left = longest - size(box.value.trim());
  const place = box.parentElement.querySelector("[data-left]");
  const isOver = left < 0;
  const characters = Math.ceil(Math.abs(left) / 3);
  box.closest(".field").classList.toggle("is-over", isOver);
  if (!box.value) place.textContent = "";
  else if (isOver) {
    place.textContent = ENGLISH ? `${-left} bytes too long` : `超出约 ${characters} 个汉字`;
  } else if (left < longest / 2 || longest < 100) {
    const room = Math.floor(left / 3);
    place.textContent = ENGLISH ? `${left} bytes left` : `还能写 ${room} 个汉字`;
  } else place.textContent = "";
}
