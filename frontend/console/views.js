// Saved views: a list's filters and order under a name of one's own, kept on this machine per person
// until she signs out.
import { keptAs, remembered } from "./kept.js";

const WORDS = {
  zh: {
    views: "视图",
    none: "筛选或排序之后，可以在这里存成视图，下次一点就到。",
    name: "视图名称",
    save: "保存当前筛选",
    remove: "删除视图",
  },
  en: {
    views: "Views",
    none: "Filter or sort first; then save it here as a view to come back to.",
    name: "Name of the view",
    save: "Save these filters",
    remove: "Remove the view",
  },
};
const MOST = 20;

export function startViews() {
  for (const frame of document.querySelectorAll("[data-views]")) offerViews(frame);
}

function offerViews(frame) {
  const words = document.documentElement.lang === "en" ? WORDS.en : WORDS.zh;
  const kept = keptAs("views", frame.dataset.views);
  const query = currentQuery();
  const menu = make("div", { className: "export-menu view-menu" });
  const details = make("details", { className: "columns views" });
  details.append(make("summary", { className: "button", textContent: words.views }), menu);

  const show = () => {
    const views = remembered(kept, []);
    const rows = views.map((view, at) => {
      const row = make("div", { className: "view" });
      const link = make("a", { href: `?${view.query}`, textContent: view.name });
      if (view.query === query) link.setAttribute("aria-current", "page");
      const remove = make("button", { type: "button", className: "plain", textContent: "×" });
      remove.setAttribute("aria-label", `${words.remove}：${view.name}`);
      remove.addEventListener("click", () => {
        localStorage.setItem(kept, JSON.stringify(views.toSpliced(at, 1)));
        show();
      });
      row.append(link, remove);
      return row;
    });
    menu.replaceChildren(...rows);
    if (query && views.length < MOST && !views.some((view) => view.query === query)) {
      menu.append(saving(views));
    } else if (!views.length) {
      menu.append(make("p", { className: "quiet", textContent: words.none }));
    }
  };
  const saving = (views) => {
    const form = make("form", {});
    const name = make("input", { required: true, maxLength: 30, value: filtersInWords() });
    name.setAttribute("aria-label", words.name);
    form.append(name, make("button", { type: "submit", textContent: words.save }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = name.value.trim();
      if (!title) return;
      const others = views.filter((view) => view.name !== title);
      localStorage.setItem(kept, JSON.stringify([...others, { name: title, query }]));
      show();
      menu.querySelector("a[aria-current]").focus();
    });
    return form;
  };
  show();
  document.querySelector(".list-buttons")?.append(details);
}

// What narrows or orders the list; never the page one happens to be on.
function currentQuery() {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of [...query]) {
    if (!value || name === "page" || name === "export") query.delete(name);
  }
  return query.toString();
}

function filtersInWords() {
  const chips = [...document.querySelectorAll(".chip")];
  const said = chips.map((chip) => chip.textContent.replace("×", "").split(/：|: /).at(-1).trim());
  const searched = document.querySelector("[data-search]")?.value.trim();
  return [...said, searched].filter(Boolean).join(" ").slice(0, 30);
}

function make(tag, values) {
  return Object.assign(document.createElement(tag), values);
}
