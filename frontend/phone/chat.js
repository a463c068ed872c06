// A chat: bubbles, time stamps, the menu bar and the keyboard.
import { bubble } from "./bubbles.js";
import { h, icon } from "./dom.js";
import { face, NAMES } from "./faces.js";
import { inChat, STAMP_AFTER } from "./time.js";
import { sim } from "./wechat.js";


export class Chat {
  constructor(phone, { account, openid, menu, messages }) {
    Object.assign(this, { phone, account, openid, menu, messages });
    this.pending = new Map();
    this.isWriting = !menu?.length;
    this.list = h("div.messages", { role: "log", "aria-live": "polite", "aria-label": "消息", tabindex: "0" });
    this.title = h("h1", account.name);
    this.foot = h("footer.foot");
    this.element = h("div.screen.chat",
      h("header.bar",
        h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => phone.home() }, icon("back"),
          (this.badge = h("span.bar-count"))),
        this.title,
        h("button.bar-more", { type: "button", "aria-label": "公众号资料", onclick: () => phone.profile(account) }, icon("more"))),
      this.list, this.foot);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.escape());
    this.drawFoot();
    this.draw();
  }

  draw() {
    this.list.replaceChildren();
    this.last = 0;
    for (const message of this.messages) this.append(message);
    for (const message of this.pending.values()) this.append(message);
    this.toEnd();
  }

  append(message) {
    const at = message.at;
    if (at - this.last > STAMP_AFTER || !this.last) this.list.append(h("div.stamp", inChat(at)));
    this.last = at;
    message.element = bubble(message, {
      account: this.account,
      me: this.phone.me,
      tap: (does, words) => this.tap(does, words),
      resend: () => this.send(message.body, message.client_id),
    });
    this.list.append(message.element);
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
    const mine = this.pending.get(message.data?.client_id);
    if (mine) {
      this.pending.delete(message.data.client_id);
      this.draw();
    } else {
      this.append(message);
      this.toEnd();
    }
    if (message.from !== "citizen") this.showTyping(false);
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
    if (does.open) this.phone.browse(does.open, words);
    else if (does.say) this.send({ type: "text", text: does.say, menu_id: does.menuId });
  }

  async send(body, client_id = crypto.randomUUID()) {
    const message = { from: "citizen", ...body, body, client_id, at: this.phone.now(), state: "" };
    this.pending.set(client_id, message);
    this.draw();
    const slow = setTimeout(() => this.mark(message, "sending"), 300);
    try {
      await sim.say(this.account.app_id, this.openid, body, client_id);
      this.mark(message, "");
    } catch (error) {
      this.mark(message, "failed");
      this.phone.toast(error.message);
    } finally {
      clearTimeout(slow);
    }
  }

  mark(message, state) {
    if (!this.pending.has(message.client_id)) return;
    message.state = state;
    this.draw();
  }

  async press(button) {
    this.closeSheet();
    const { app_id } = this.account;
    try {
      if (button.type === "view") {
        this.phone.browse(button.url, button.name);
        await sim.view(app_id, this.openid, button.url);
      } else if (button.type === "click") {
        await sim.click(app_id, this.openid, button.key);
      } else if (button.type === "miniprogram") {
        this.phone.browse(button.url, button.name);
      } else {
        this.phone.toast("这种菜单按钮在模拟手机上还不能用");
      }
    } catch (error) {
      this.phone.toast(error.message);
    }
  }

  // The foot: either the menu or the keyboard ------------------------------------------------

  drawFoot() {
    this.foot.replaceChildren(...(this.isWriting ? this.keyboard() : this.menuBar()));
  }

  toggle() {
    this.isWriting = !this.isWriting;
    this.drawFoot();
    if (this.isWriting) this.field.focus();
  }

  menuBar() {
    const bar = h("div.menu",
      h("button.foot-toggle", { type: "button", "aria-label": "切换到键盘", onclick: () => this.toggle() }, icon("keyboard", 26)),
      h("div.menu-items", this.menu.map((button) => {
        const below = button.sub_button?.length ? button.sub_button : null;
        const item = h("button.menu-item", {
          type: "button",
          "aria-haspopup": below ? "menu" : undefined,
          onclick: () => (below ? this.sheet(item, below) : this.press(button)),
        }, below && icon("lines", 13), button.name);
        return item;
      })));
    return [bar];
  }

  sheet(item, buttons) {
    const isOpen = item.getAttribute("aria-expanded") === "true";
    this.closeSheet();
    if (isOpen) return;
    item.setAttribute("aria-expanded", "true");
    const rows = buttons.map((button) =>
      h("button", { type: "button", role: "menuitem", onclick: () => this.press(button) }, button.name));
    const sheet = h("div.menu-sheet", { role: "menu" }, rows);
    sheet.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      rows.at((rows.indexOf(document.activeElement) + step) % rows.length).focus();
    });
    this.foot.append(sheet);
    const room = this.foot.getBoundingClientRect();
    const place = item.getBoundingClientRect();
    const middle = place.left - room.left + place.width / 2 - sheet.offsetWidth / 2;
    sheet.style.left = `${Math.max(6, Math.min(middle, room.width - sheet.offsetWidth - 6))}px`;
    rows[0].focus();
    this.opened = { sheet, item };
  }

  closeSheet() {
    this.opened?.sheet.remove();
    this.opened?.item.removeAttribute("aria-expanded");
    this.opened = null;
  }

  escape() {
    if (this.opened) {
      const { item } = this.opened;
      this.closeSheet();
      item.focus();
    } else if (this.faces) this.toggleFaces();
    else this.phone.home();
  }

  keyboard() {
    const draft = this.field?.value ?? "";
    this.field = h("textarea.field", {
      rows: "1", "aria-label": `给${this.account.name}发消息`, enterkeyhint: "send",
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          this.submit();
        }
      },
      oninput: () => this.grow(),
    });
    this.field.value = draft;
    this.sendButton = h("button.send", { type: "button", onclick: () => this.submit() }, "发送");
    queueMicrotask(() => this.grow());
    return [
      h("div.keys",
        this.menu?.length &&
          h("button.foot-toggle", { type: "button", "aria-label": "切换到菜单", onclick: () => this.toggle() }, icon("menu", 26)),
        this.field,
        h("button.foot-face", { type: "button", "aria-label": "表情", onclick: () => this.toggleFaces() }, icon("face", 28)),
        this.sendButton),
    ];
  }

  grow() {
    this.sendButton.hidden = !this.field.value.trim(); // first: it takes width from the field
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 112)}px`;
    this.toEnd();
  }

  toggleFaces() {
    if (this.faces) {
      this.faces.remove();
      this.faces = null;
      this.field.focus();
      return;
    }
    const put = (name) => {
      const { selectionStart, selectionEnd } = this.field;
      this.field.setRangeText(`[${name}]`, selectionStart, selectionEnd, "end");
      this.grow();
    };
    this.faces = h("div.faces", NAMES.map((name) =>
      h("button", { type: "button", "aria-label": name, onclick: () => put(name) }, face(name, 32))));
    this.foot.append(this.faces);
    this.toEnd();
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.grow();
    this.field.focus();
    this.send({ type: "text", text });
  }
}
