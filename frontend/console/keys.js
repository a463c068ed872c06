// The keyboard: "?" shows what there is, Esc closes what is open, j and k walk through a list, 1 to 3 choose in its row.
import { isTyping } from "./lists.js";

export function startKeys() {
  const sheet = document.getElementById("keys");
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.addEventListener("click", () => {
      button.closest("details")?.removeAttribute("open");
      sheet?.showModal();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(event.target);
    if (isTyping(event.target) && event.target.type !== "checkbox") return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?" && sheet) {
      event.preventDefault();
      sheet.showModal();
    } else walk(event);
  });
}

function closeMenus(target) {
  const open = target.closest?.("details.me, details.export, details.columns, details.acting");
  for (const each of document.querySelectorAll("details:is(.me, .export, .columns, .acting)[open]")) {
    each.removeAttribute("open");
  }
  open?.querySelector("summary").focus();
}

function walk(event) {
  const rows = [...document.querySelectorAll("tr[data-href]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement?.closest?.("tr[data-href]"));
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    const next = at < 0 ? 0 : at + (event.key === "j" ? 1 : -1);
    rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
  } else if (event.key === "Enter" && document.activeElement === rows[at]) {
    location.href = rows[at].dataset.href;
  } else if (at >= 0 && ["1", "2", "3"].includes(event.key)) {
    const choice = rows[at].querySelector(`[data-key="${event.key}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.click();
  } else if (event.key === "x" && at >= 0) {
    rows[at].querySelector("[name=picked]")?.click();
  }
}
