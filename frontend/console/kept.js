// What the console keeps on this machine: by person, so that nobody meets another's words; gone once
// she has signed out, but not when a session ran out.
const LEAVING = "desk:leaving";

export function keptAs(kind, name) {
  return `desk:${document.body.dataset.person}:${kind}:${name}`;
}

export function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function watchSigningOut() {
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", () => {
      sessionStorage.setItem(LEAVING, document.body.dataset.person);
    });
  }
  // Only the page after it knows that she is out: a sign-out that failed loses nothing.
  const leaving = sessionStorage.getItem(LEAVING);
  if (leaving === null) return;
  sessionStorage.removeItem(LEAVING);
  if (document.body.dataset.person) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(`desk:${leaving}:`)) localStorage.removeItem(name);
  }
  sessionStorage.clear();
}
