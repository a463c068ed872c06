// The portal works without a script; this counts characters, keeps drafts, reads aloud.
import "weui/dist/style/weui.min.css";
import "./portal.css";

for (const counter of document.querySelectorAll("[data-count]")) {
  const box = document.getElementById(counter.dataset.count);
  const count = () => (counter.textContent = String(box.value.length));
  box.addEventListener("input", count);
  count();
}

// A frame of another site (the phone) may have no storage: drafts are then not kept, nothing else.
const drafts = (() => {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
})();

for (const form of document.querySelectorAll("form[data-keep]")) {
  const name = `draft:${form.dataset.keep}`;
  const fields = [...form.querySelectorAll("textarea, input[type=text], select")];
  const kept = JSON.parse(drafts.getItem(name) ?? "{}");
  for (const field of fields) {
    if (!field.value && kept[field.name]) field.value = kept[field.name];
    field.addEventListener("input", keep);
  }
  form.addEventListener("submit", () => {
    const button = form.querySelector("button.weui-btn_primary");
    button.classList.add("weui-btn_loading");
    setTimeout(() => (button.disabled = true));
    drafts.removeItem(name);
  });
  for (const box of form.querySelectorAll("textarea")) box.dispatchEvent(new Event("input"));
  function keep() {
    drafts.setItem(name, JSON.stringify(Object.fromEntries(fields.map((f) => [f.name, f.value]))));
  }
}

document.querySelector(".warning[role=alert]")?.focus();

// The browser around us shows our title, as WeChat's does.
if (window.parent !== window) window.parent.postMessage({ title: document.title }, "*");

const reader = document.querySelector("[data-read-aloud]");
const words = document.querySelector("[data-aloud]");
if (reader && words && "speechSynthesis" in window) {
  reader.hidden = false;
  reader.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return;
    }
    const speech = new SpeechSynthesisUtterance(words.innerText);
    speech.lang = "zh-CN";
    speechSynthesis.speak(speech);
  });
}
