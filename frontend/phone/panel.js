// A panel over the chat: a title, 取消, one button that completes, and what went wrong.
import { h } from "./dom.js";

export class Panel {
  // `send` does the work; when it refuses, the panel stays with everything in it.
  constructor(phone, title, words, send, ...content) {
    this.phone = phone;
    this.words = words;
    this.work = send;
    this.before = document.activeElement;
    this.problem = h("p.panel-problem", { role: "alert" });
    this.button = h("button.panel-send", { type: "submit" }, words);
    this.form = h("form.panel-form", { novalidate: true, onsubmit: (event) => this.submit(event) },
      h("header.bar",
        h("button.bar-text", { type: "button", onclick: () => this.close() }, "取消"),
        h("h1", title), this.button),
      this.problem, h("div.panel-body", ...content));
    this.element = h("div.browser.panel", { role: "dialog", "aria-modal": "true", "aria-label": title }, this.form);
    this.element.addEventListener("keydown", (event) => this.key(event));
    // What lies below is not part of the dialog: neither Tab nor a screen reader goes there.
    this.below = [...phone.view.children].filter((one) => !one.inert);
    for (const one of this.below) one.inert = true;
    phone.view.append(this.element);
  }

  focusFirst(selector = "input:not(.hidden), textarea, button:not(.bar-text)") {
    (this.element.querySelector(`.panel-body :is(${selector})`) ?? this.button).focus();
    return this;
  }

  key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.close();
    }
  }

  say(problem) {
    this.problem.textContent = problem;
  }

  count(words, isReady) {
    this.button.textContent = words;
    this.button.disabled = !isReady;
  }

  async submit(event) {
    event.preventDefault();
    if (this.isBusy) return;
    this.say("");
    this.isBusy = this.button.disabled = true;
    const slow = setTimeout(() => (this.button.textContent = "发送中…"), 300);
    const words = this.button.textContent;
    try {
      if ((await this.work()) !== false) this.close();
    } catch (error) {
      this.say(error.message);
    } finally {
      clearTimeout(slow);
      this.isBusy = this.button.disabled = false;
      this.button.textContent = words;
    }
  }

  close() {
    if (!this.element.isConnected) return;
    this.element.remove();
    for (const one of this.below) one.inert = false;
    if (this.before?.isConnected) this.before.focus();
    else this.phone.chat?.focusFoot();
  }
}
