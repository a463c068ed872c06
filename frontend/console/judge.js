// Judging replies with the keyboard: 1 is good, 2 is not, Enter keeps the word and brings the next one.
export function startJudge() {
  const form = document.querySelector("form[data-judge]");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    if (at.closest("textarea, a, button, dialog, select, input[type=search]")) return;
    const choice = form.querySelectorAll("input[name=verdict]")[Number(event.key) - 1];
    if (choice && /^[1-9]$/.test(event.key)) {
      choice.checked = true;
      choice.focus();
      if (event.key === "2") form.querySelector("input[name=faults]")?.focus();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
