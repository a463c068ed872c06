// The portal works without a script; this counts characters, keeps drafts, reads aloud.
import "weui/dist/style/weui.min.css";
import "./portal.css";
import { pictureField } from "./pictures.js";

for (const field of document.querySelectorAll("[data-pictures]")) pictureField(field);

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

// A draft stays until the server says that the words arrived: a form that fails loses nothing.
for (const note of document.querySelectorAll("[data-drop]")) {
  for (const name of note.dataset.drop.split(" ")) drafts.removeItem(`draft:${name}`);
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const name = `draft:${form.dataset.keep}`;
  const fields = [...form.querySelectorAll("textarea, input[type=text], select")].filter(
    (field) => !("private" in field.dataset),
  );
  const kept = remembered(name);
  for (const field of fields) {
    if (!field.value && kept[field.name]) field.value = kept[field.name];
    field.addEventListener("input", keep);
  }
  const button = form.querySelector("button.weui-btn_primary");
  form.addEventListener("submit", () => {
    button.classList.add("weui-btn_loading");
    setTimeout(() => (button.disabled = true));
  });
  window.addEventListener("pageshow", () => {
    button.classList.remove("weui-btn_loading");
    button.disabled = false;
  });
  for (const box of form.querySelectorAll("textarea")) box.dispatchEvent(new Event("input"));
  function keep() {
    try {
      drafts.setItem(name, JSON.stringify(Object.fromEntries(fields.map((f) => [f.name, f.value]))));
    } catch {
      // The device is full: the words stay in the form.
    }
  }
}

function remembered(name) {
  try {
    return JSON.parse(drafts.getItem(name) ?? "{}");
  } catch {
    return {};
  }
}

document.querySelector(".warning[role=alert]")?.focus();

// The browser around us shows our title, as WeChat's does.
if (window.parent !== window) window.parent.postMessage({ title: document.title }, "*");

const reader = document.querySelector("[data-read-aloud]");
const words = document.querySelector("[data-aloud]") ?? document.querySelector("main");
if (reader && words && "speechSynthesis" in window) {
  const [start, stop] = [reader.textContent, reader.dataset.readAloud];
  const told = () => (reader.textContent = start);
  reader.hidden = false;
  reader.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      told();
      return;
    }
    const speech = new SpeechSynthesisUtterance(words.innerText);
    speech.lang = "zh-CN";
    speech.addEventListener("end", told);
    speech.addEventListener("error", told);
    reader.textContent = stop;
    speechSynthesis.speak(speech);
  });
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
