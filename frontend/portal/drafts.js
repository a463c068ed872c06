// What she types survives: on the device until the server says that it arrived, and a form that finds no
// connection waits for one. The token of the form is kept with the words, so what is sent again after a
// connection broke is filed once.
const AGAIN = 5_000; // ms between two looks for a connection
const PATIENCE = 10_000; // ms until no answer counts as no connection

// A frame of another site (the phone) may have no storage: drafts are then not kept, nothing else.
const drafts = (() => {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
})();

const nameOf = (keep) => `draft:${keep}`;

export function forget(keep) {
  drafts.removeItem(nameOf(keep));
}

function remembered(name) {
  try {
    return JSON.parse(drafts.getItem(name) ?? "{}");
  } catch {
    return {};
  }
}

const isTick = (field) => field.type === "checkbox" || field.type === "radio";

// `isBusy` tells of pictures: "" | "taking" | "failed".
export function keptForm(form, isBusy = () => "") {
  const name = nameOf(form.dataset.keep);
  const fields = [...form.elements].filter(
    (field) => field.name && field.name !== "csrfmiddlewaretoken" && !("private" in field.dataset)
      && !["file", "submit", "button"].includes(field.type) && !field.closest("[data-not-kept]"),
  );
  const notice = form.querySelector("[data-notice]");
  const restored = form.querySelector("[data-restored]");
  restore();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", submit);
  window.addEventListener("pageshow", rest);
  for (const box of form.querySelectorAll("textarea")) box.dispatchEvent(new Event("input"));
  return { say, keep };

  function restore() {
    const kept = remembered(name);
    // What the server sent back after an error is newer than the draft.
    if (form.dataset.bound) return;
    let any = false;
    for (const field of fields) {
      const value = kept[isTick(field) ? `${field.name}=${field.value}` : field.name];
      if (value === undefined) continue;
      if (isTick(field)) field.checked = value;
      else if (!field.value || field.type === "hidden") field.value = value;
      else continue;
      any ||= field.type !== "hidden" && Boolean(value);
    }
    if (!restored || !any) return;
    restored.hidden = false;
    restored.querySelector("button").addEventListener("click", () => {
      drafts.removeItem(name);
      window.location.reload();
    });
  }

  function keep() {
    const kept = {};
    for (const field of fields) {
      if (isTick(field)) kept[`${field.name}=${field.value}`] = field.checked;
      else kept[field.name] = field.value;
    }
    try {
      drafts.setItem(name, JSON.stringify(kept));
    } catch {
      // The device is full: the words stay in the form.
    }
  }

  function say(words) {
    if (!notice) return;
    notice.textContent = words;
    notice.hidden = !words;
  }

  function rest() {
    form.classList.remove("is-waiting");
    delete form.dataset.going;
    for (const button of form.querySelectorAll(".weui-btn_loading")) button.classList.remove("weui-btn_loading");
    say("");
  }

  async function submit(event) {
    if (form.dataset.going) return;
    event.preventDefault();
    if (form.classList.contains("is-waiting")) return;
    keep();
    const button = event.submitter;
    form.classList.add("is-waiting");
    button?.classList.add("weui-btn_loading");
    while (isBusy() === "taking") {
      say(form.dataset.uploading);
      await pause(300);
    }
    if (isBusy() === "failed") {
      rest();
      say(form.dataset.pictureFailed);
      notice?.scrollIntoView({ block: "center" });
      return;
    }
    while (!(await isReached())) {
      say(form.dataset.offline);
      await Promise.race([pause(AGAIN), new Promise((done) => window.addEventListener("online", done, { once: true }))]);
    }
    say("");
    form.dataset.going = "1";
    if (button?.isConnected) form.requestSubmit(button);
    else form.requestSubmit();
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Whether our server answers at all; one that asks her to sign in again does.
async function isReached() {
  if (navigator.onLine === false) return false;
  try {
    const answer = await fetch(window.location.href, {
      method: "HEAD", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.type === "opaqueredirect" || answer.status < 500;
  } catch {
    return false;
  }
}
