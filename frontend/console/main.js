// The console's behaviour: htmx for fragments, live updates, the keyboard, drafts, lists.
import "@tabler/core/dist/css/tabler.css";
import "./console.css";
import htmx from "htmx.org";
import { startCheck } from "./check.js";
import { copyAndTell } from "./copy.js";
import { watchDrafts } from "./drafts.js";
import { watchLimits } from "../limits.js";
import { startInbox } from "./inbox.js";
import { insertReadyWords } from "./insert.js";
import { watchSigningOut } from "./kept.js";
import { startJudge } from "./judge.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startLive } from "./live.js";
import { startMenu } from "./menu.js";
import { sendOnce } from "./once.js";
import { startViews } from "./views.js";
import { sayWhoWrites } from "./writing.js";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.historyCacheSize = 0;
// Settling would set style attributes, which the content security policy forbids.
htmx.config.attributesToSettle = ["class"];
// A refused form comes back as 422: it is shown like any other answer.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});
document.body.addEventListener("htmx:responseError", () => {
  say(isEnglish() ? "That did not work; reload the page and try again. What you typed is kept." : "没有成功，请刷新页面再试。您填写的内容还在。");
});
document.body.addEventListener("htmx:sendError", () => {
  say(isEnglish() ? "No connection; try again in a moment. What you typed is kept." : "网络不通，稍后再试。您填写的内容还在。");
});

function isEnglish() {
  return document.documentElement.lang === "en";
}

function say(words) {
  let place = document.querySelector(".messages");
  if (!place) {
    place = document.createElement("div");
    place.className = "messages";
    place.setAttribute("role", "status");
    document.getElementById("main").prepend(place);
  }
  const line = document.createElement("p");
  line.className = "message message-error";
  line.textContent = words;
  place.replaceChildren(line);
}

for (const button of document.querySelectorAll("[data-toggles]")) {
  button.addEventListener("click", () => {
    const target = document.getElementById(button.dataset.toggles);
    const isOpen = target.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
  });
}
for (const form of document.querySelectorAll("form[data-guard]")) {
  let isChanged = false;
  form.addEventListener("input", () => (isChanged = true));
  form.addEventListener("submit", () => (isChanged = false));
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}
// A refused form: to the first field that is wrong, or to the summary when no field is.
(
  document.querySelector(".has-error :is(input, select, textarea):not([type=hidden])") ??
  document.querySelector(".error-summary")
)?.focus();

sendOnce();
watchSigningOut();
startKeys();
startViews();
startLists();
startInbox(htmx);
watchDrafts();
watchLimits();
insertReadyWords();
copyAndTell();
sayWhoWrites();
startLive(htmx);
startMenu();
startCheck();
startJudge();
