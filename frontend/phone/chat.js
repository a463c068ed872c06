// A chat: bubbles, time stamps, and what is on its way.
import { bubble } from "./bubbles.js";
import { h, icon } from "./dom.js";
import { doors } from "./doors.js";
import { Foot } from "./foot.js";
import { showMiniProgram } from "./mini_program.js";
import { Outbox } from "./outbox.js";
import { inChat, STAMP_AFTER } from "./time.js";
import { view } from "./viewer.js";

export class Chat {
  constructor(phone, { account, openid, menu, messages }) {
    Object.assign(this, { phone, account, openid, menu, messages });
    this.doors = doors(phone);
    this.outbox = Outbox.of(account.app_id, openid);
    this.outbox.changed = (entry) => this.redraw(entry);
    this.list = h("div.messages", { role: "log", "aria-live": "polite", "aria-label": "消息", tabindex: "0" });
    this.title = h("h1", account.name);
    this.foot = new Foot(this);
    this.element = h("div.screen.chat",
      h("header.bar",
        h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => phone.home() }, icon("back"),
          (this.badge = h("span.bar-count"))),
        this.title,
        h("button.bar-more", { type: "button", "aria-label": "公众号资料", onclick: () => phone.profile(account) }, icon("more"))),
      this.list, this.foot.element);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !this.foot.escape()) phone.home();
    });
    this.draw();
  }

  focusFoot() {
    this.foot.focus();
  }

  draw() {
    this.outbox.settle(this.messages);
    const untold = this.list.querySelectorAll(".is-problem"); // what can still be tried again
    this.list.replaceChildren();
    this.last = 0;
    for (const message of this.messages) this.append(message);
    for (const entry of this.outbox.entries.values()) this.append(entry);
    this.list.append(...untold);
    if (!this.last) this.list.append(h("p.nothing-yet", "还没有消息。可以直接打字提问。"));
    this.toEnd();
  }

  // A message that stands in the chat, or an entry of the outbox.
  append(one) {
    if (!this.last) this.list.querySelector(".nothing-yet")?.remove();
    if (one.at - this.last > STAMP_AFTER || !this.last) this.list.append(h("div.stamp", inChat(one.at)));
    this.last = one.at;
    one.element = this.bubbleOf(one);
    this.list.append(one.element);
  }

  bubbleOf(one) {
    const message = one.shown ? { from: "citizen", state: one.state, problem: one.problem, ...one.shown } : one;
    return bubble(message, {
      account: this.account,
      me: this.phone.me,
      tap: (does, words) => this.tap(does, words),
      resend: () => this.outbox.deliver(one),
      drop: () => this.drop(one),
    });
  }

  redraw(one) {
    const { element } = one;
    if (!this.list.contains(element)) return;
    const hadFocus = element.contains(document.activeElement);
    one.element = this.bubbleOf(one);
    element.replaceWith(one.element);
    if (one.state === "failed") this.toEnd();
    if (hadFocus) (one.element.querySelector(".failed") ?? this.list).focus();
  }

  drop(entry) {
    this.outbox.remove(entry.client_id);
    entry.element.remove();
    this.focusFoot();
  }

  toEnd() {
    requestAnimationFrame(() => (this.list.scrollTop = this.list.scrollHeight));
    for (const image of this.list.querySelectorAll("img")) {
      if (!image.complete) image.addEventListener("load", () => (this.list.scrollTop = this.list.scrollHeight), { once: true });
    }
  }

  // A message that came over the stream.
  hear(message) {
    if (this.messages.some((one) => one.id === message.id)) return;
    this.messages.push(message);
    const mine = this.outbox.remove(message.data?.client_id);
    if (mine && this.list.contains(mine.element)) {
      message.element = this.bubbleOf(message);
      mine.element.replaceWith(message.element);
    } else this.append(message);
    this.toEnd();
    if (message.from !== "citizen") this.showTyping(false);
  }

  // The stream came back: what was missed meanwhile.
  refresh({ messages, menu }) {
    this.messages = messages;
    this.draw();
    this.menuIs(menu);
  }

  menuIs(menu) {
    if (JSON.stringify(menu) === JSON.stringify(this.menu)) return;
    this.menu = menu;
    this.foot.menuChanged();
  }

  showTyping(isTyping, seconds = 15) {
    clearTimeout(this.typing);
    this.title.textContent = isTyping ? "对方正在输入…" : this.account.name;
    if (isTyping) this.typing = setTimeout(() => this.showTyping(false), seconds * 1000);
  }

  showUnread(count) {
    this.badge.textContent = count ? String(Math.min(count, 99)) : "";
  }

  tap(does, words) {
    if (does.open) this.doors.openPage(does.open, words);
    else if (does.view) view(this.phone, does.view, does.address, words);
    else if (does.mini) showMiniProgram(this, { title: words, ...does.mini });
    else if (does.say) this.send({ type: "text", text: does.say, menu_id: does.menuId });
  }

  // `shown` is how it looks until it has arrived; `files` are uploaded first.
  send(body, shown = body, files = []) {
    if (body.type !== "text") this.foot.closeDrawer();
    const entry = this.outbox.put(body, shown, files, this.phone.now());
    this.append(entry);
    this.toEnd();
    return this.outbox.deliver(entry);
  }

  // What is no message: a menu button ---------------------------------------------------------

  note(words, ...more) {
    const element = h("div.tip", { role: "status" }, words, more);
    this.list.append(element);
    this.toEnd();
    return element;
  }

  // Do something; while it lasts say `waiting`, and when it fails offer it again.
  async attempt(words, work, { waiting = "" } = {}) {
    let hint = null;
    const slow = waiting && setTimeout(() => (hint = this.note(waiting)), 300);
    try {
      await work();
    } catch (error) {
      this.failed(words, error, work);
    } finally {
      clearTimeout(slow);
      hint?.remove();
    }
  }

  failed(words, error, work) {
    const again = h("button.link", { type: "button", onclick: () => {
      element.remove();
      this.focusFoot();
      this.attempt(words, work);
    } }, "重试");
    const element = this.note(`“${words}”没有成功：${error.message} `, again);
    element.classList.add("is-problem");
  }
}
