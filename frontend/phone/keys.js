// Arrow keys among buttons that stand in rows.
const ENDS = { Home: 0, End: -1 };

// The button the key leads to, or undefined: left and right one on, up and down one row on.
export function neighbour(buttons, from, key) {
  if (key in ENDS) return buttons.at(ENDS[key]);
  const index = buttons.indexOf(from);
  if (index < 0) return undefined;
  const columns = buttons.filter((one) => one.offsetTop === buttons[0].offsetTop).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  return step === undefined ? undefined : buttons[(index + step + buttons.length) % buttons.length];
}

export function roam(container) {
  container.addEventListener("keydown", (event) => {
    const buttons = [...container.querySelectorAll("button")];
    const next = neighbour(buttons, document.activeElement, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  return container;
}
