// Boxes with a limit: how much is written, and a sentence when it is too much. Nothing is cut: the server
// refuses what is too long and gives it all back.
const WORDS = {
  zh: { over: (n) => `超出 ${n} 字，请删减后再提交；写的内容都还在。` },
  en: { over: (n) => `${n} characters too many; please shorten it before sending. Nothing you wrote is lost.` },
};
let made = 0;

export function watchLimits() {
  const look = (root) => {
    for (const box of root.querySelectorAll("[data-limit]")) if (!box.dataset.counted) count(box);
  };
  look(document);
  document.body.addEventListener("htmx:afterSwap", () => look(document));
  document.body.addEventListener("htmx:oobAfterSwap", () => look(document));
}

function count(box) {
  box.dataset.counted = "1";
  const limit = Number(box.dataset.limit);
  const place = document.createElement("p");
  place.className = "limit";
  place.id = `limit-${(made += 1)}`;
  place.setAttribute("role", "status");
  box.insertAdjacentElement("afterend", place);
  box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") ?? ""} ${place.id}`.trim());
  const words = WORDS[document.documentElement.lang === "en" ? "en" : "zh"];
  // As the server counts: without the space around, a new line as two, an emoji as one.
  const show = () => {
    const length = Array.from(box.value.trim().replace(/\r?\n/g, "\r\n")).length;
    const over = length - limit;
    place.classList.toggle("is-over", over > 0);
    // A person who listens hears of it near the end only.
    const nearEnd = length >= limit * 0.8;
    place.textContent = over > 0 ? `${length} / ${limit}　${words.over(over)}` : nearEnd || box.localName === "textarea" ? `${length} / ${limit}` : "";
    place.setAttribute("aria-live", nearEnd ? "polite" : "off");
  };
  box.addEventListener("input", show);
  box.form?.addEventListener("reset", () => setTimeout(show));
  show();
}
