// A button that copies, also where the browser gives no clipboard (an internal network without https); and a
// picture that cannot be had says so instead of a broken sign.
export function copyAndTell() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    if (!(await copied(button.dataset.copy))) return;
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 2000);
  });
  document.addEventListener("error", (event) => {
    const words = event.target.dataset?.said;
    if (!words) return;
    const line = document.createElement("p");
    line.textContent = words;
    (event.target.closest("a") ?? event.target).replaceWith(line);
  }, true);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
