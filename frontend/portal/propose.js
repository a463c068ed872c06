// What her words seem to be about, offered under the list of categories; she takes it or not.
const CALM = 900; // ms after the last key

export function proposals(field) {
  const form = field.closest("form");
  const text = form.elements.text;
  const select = field.querySelector("select");
  const line = field.querySelector("[data-proposal]");
  let timer = 0;
  let asked = "";
  let found = null;
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, CALM);
  });
  select.addEventListener("change", show);
  field.querySelector("[data-take]").addEventListener("click", () => {
    select.value = found.code;
    form.dispatchEvent(new Event("change"));
    show();
    select.focus();
  });
  if (text.value) look();

  async function look() {
    if (text.value.trim() === asked) return;
    asked = text.value.trim();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("text", asked);
    try {
      const answer = await fetch(field.dataset.propose, { method: "POST", body, credentials: "same-origin" });
      found = answer.ok ? await answer.json() : null;
    } catch {
      found = null; // without a connection nothing is proposed; staff decide
    }
    show();
  }

  function show() {
    const fits = found?.code && [...select.options].some((option) => option.value === found.code);
    line.hidden = !fits || select.value === found.code;
    field.querySelector("[data-proposed]").textContent = fits ? found.name : "";
  }
}
