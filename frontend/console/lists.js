// Lists: a row opens with a click or Enter, columns can be hidden, "/" goes to the search box.
import { keptAs, remembered } from "./kept.js";

export function startLists() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, select, label, summary")) return;
    if (getSelection()?.toString()) return;
    location.href = row.dataset.href;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !isTyping(event.target)) {
      const box = document.querySelector("[data-search]");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    }
  });
  for (const form of document.querySelectorAll("form.filters")) {
    for (const select of form.querySelectorAll("select")) {
      select.addEventListener("change", () => form.requestSubmit());
    }
  }
  for (const frame of document.querySelectorAll("[data-columns]")) chooseColumns(frame);
  for (const form of document.querySelectorAll("form[data-bulk]")) pickRows(form);
}

export function isTyping(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

function chooseColumns(frame) {
  const name = keptAs("columns", frame.dataset.columns);
  const heads = [...frame.querySelectorAll("th[data-column]")];
  if (heads.length < 3) return;
  const hidden = new Set(remembered(name, []));
  const details = document.createElement("details");
  details.className = "columns";
  const summary = document.createElement("summary");
  summary.className = "button";
  summary.textContent = document.documentElement.lang === "en" ? "Columns" : "列";
  const menu = document.createElement("div");
  menu.className = "export-menu";
  details.append(summary, menu);
  const apply = () => {
    for (const cell of frame.querySelectorAll("[data-column]")) {
      cell.hidden = hidden.has(cell.dataset.column);
    }
  };
  for (const head of heads.slice(1)) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !hidden.has(head.dataset.column);
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(head.dataset.column);
      else hidden.add(head.dataset.column);
      localStorage.setItem(name, JSON.stringify([...hidden]));
      apply();
    });
    label.append(box, ` ${head.textContent.trim()}`);
    menu.append(label);
  }
  document.querySelector(".list-buttons")?.append(details);
  apply();
}

// Several rows at once: how many are picked, and the acts once there are any.
function pickRows(form) {
  const all = form.querySelector("[data-pick-all]");
  const boxes = [...form.querySelectorAll("[name=picked]")];
  const bar = form.querySelector(".bulk-bar");
  const tell = () => {
    const picked = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-picked]").textContent = picked;
    bar.classList.toggle("is-idle", !picked);
    for (const button of bar.querySelectorAll("button")) button.disabled = !picked;
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-picked", box.checked);
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell);
  tell();
}
