// The portal works without a script; this counts characters, keeps drafts, sends pictures, reads aloud.
import "weui/dist/style/weui.min.css";
import "./portal.css";
import { watchLimits } from "../limits.js";
import { suggestions } from "./ask.js";
import { forget, keptForm } from "./drafts.js";
import { pictureField } from "./pictures.js";
import { noticeOffer } from "./notices.js";
import { placeField } from "./place.js";
import { proposals } from "./propose.js";

// A draft stays until the server says that the words arrived: a form that fails loses nothing.
for (const note of document.querySelectorAll("[data-drop]")) {
  for (const name of note.dataset.drop.split(" ")) forget(name);
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  let isBusy = () => "";
  const field = form.querySelector("[data-pictures]");
  keptForm(form, () => isBusy());
  if (field) isBusy = pictureField(field).isBusy;
  const place = form.querySelector("[data-place]");
  if (place) placeField(place);
  const category = form.querySelector("[data-propose]");
  if (category) proposals(category);
}

// After the drafts: what was kept is counted, too.
watchLimits();
for (const place of document.querySelectorAll("[data-notice-offer]")) noticeOffer(place);
for (const form of document.querySelectorAll("form[data-suggest]")) suggestions(form);

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
