// The foot of a chat: either the account's menu or the keyboard, with faces and what can be sent.
import { h, icon } from "./dom.js";
import { EMOJI, face, NAMES } from "./faces.js";
import { roam } from "./keys.js";
import { MenuBar } from "./menu_bar.js";
import { press } from "./menu_buttons.js";
import { sendPictures, sendPlace, sendVideo, sendVoice, sendLink } from "./tools.js";

const MOST_HIGH = 112;
const TOOLS = [
  ["照片", "picture", sendPictures],
  ["视频", "video", sendVideo],
  ["位置", "place", sendPlace],
  ["链接", "link", sendLink],
];

export class Foot {
  constructor(chat) {
    this.chat = chat;
    this.outbox = chat.outbox;
    this.element = h("footer.foot");
    this.isWriting = !chat.menu?.length || this.outbox.draft !== "";
    this.draw();
  }

  draw() {
    this.drawer = null;
    this.bar = null;
    if (this.isWriting) return this.element.replaceChildren(this.keyboard());
    this.bar = new MenuBar(this.element, this.chat.menu, {
      press: (button, place) => press(this.chat, button, place),
      toggle: () => this.toggle(),
    });
    return this.element.replaceChildren(this.bar.element);
  }

  // The account changed its menu while she looked at it.
  menuChanged() {
    const hadFocus = this.element.contains(document.activeElement);
    const isTyping = this.isWriting && document.activeElement === this.field;
    if (!this.chat.menu?.length) this.isWriting = true;
    else if (!isTyping && !this.outbox.draft) this.isWriting = false;
    this.draw();
    if (hadFocus) this.focus();
  }

  toggle() {
    this.isWriting = !this.isWriting;
    this.draw();
    this.focus();
  }

  focus() {
    if (this.isWriting) this.field.focus();
    else this.bar.items[0].focus();
  }

  // Whether there was something to close.
  escape() {
    if (this.bar?.opened) {
      const { item } = this.bar.opened;
      this.bar.close();
      item.focus();
      return true;
    }
    if (!this.drawer) return false;
    this.closeDrawer();
    this.field.focus();
    return true;
  }

  // The keyboard -----------------------------------------------------------------------------

  keyboard() {
    const { account } = this.chat;
    this.field = h("textarea.field", {
      rows: "1", "aria-label": `给${account.name}发消息`, enterkeyhint: "send", maxlength: "2000",
      onkeydown: (event) => this.key(event),
      oninput: () => {
        this.outbox.draft = this.field.value;
        this.grow();
      },
    });
    this.field.value = this.outbox.draft;
    this.sendButton = h("button.send", { type: "button", onclick: () => this.submit() }, "发送");
    this.faceButton = this.opener("foot-face", "表情", "face", () => this.faces());
    this.moreButton = this.opener("foot-more", "发照片、视频、位置或链接", "plus", () => this.tools());
    queueMicrotask(() => this.grow());
    return h("div.keys",
      this.chat.menu?.length > 0 &&
        h("button.foot-toggle", { type: "button", "aria-label": "切换到菜单", onclick: () => this.toggle() }, icon("menu", 26)),
      h("button.foot-voice", { type: "button", "aria-label": "语音", onclick: () => sendVoice(this.chat) }, icon("microphone", 26)),
      this.field, this.faceButton, this.moreButton, this.sendButton);
  }

  opener(className, words, sign, make) {
    const button = h(`button.${className}`, {
      type: "button", "aria-label": words, "aria-expanded": "false", onclick: () => this.openDrawer(button, make),
    }, icon(sign, 28));
    return button;
  }

  key(event) {
    // Enter that ends a Chinese composition chooses words; some browsers only tell by 229.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  grow() {
    const hasWords = this.field.value.trim() !== "";
    this.sendButton.hidden = !hasWords; // first: it takes width from the field
    this.moreButton.hidden = hasWords;
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, MOST_HIGH)}px`;
    this.chat.toEnd();
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.outbox.draft = "";
    this.grow();
    this.field.focus();
    this.chat.send({ type: "text", text });
  }

  // Below the keyboard: faces, or what can be sent -----------------------------------------------

  openDrawer(button, make) {
    const isSame = this.drawer?.button === button;
    this.closeDrawer();
    if (isSame) return this.field.focus();
    const element = roam(make());
    button.setAttribute("aria-expanded", "true");
    this.element.append(element);
    this.drawer = { element, button };
    this.chat.toEnd();
    return element.querySelector("button").focus();
  }

  closeDrawer() {
    this.drawer?.element.remove();
    this.drawer?.button.setAttribute("aria-expanded", "false");
    this.drawer = null;
  }

  put(words) {
    const { selectionStart, selectionEnd } = this.field;
    this.field.setRangeText(words, selectionStart, selectionEnd, "end");
    this.outbox.draft = this.field.value;
    this.grow();
  }

  erase() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const length = /\[[^[\]]{1,4}\]$/.exec(before)?.[0].length ?? (Array.from(before).at(-1) ?? "").length;
    this.field.setSelectionRange(before.length - length, before.length);
    this.put("");
  }

  faces() {
    return h("div.faces", { role: "group", "aria-label": "表情" },
      NAMES.map((name) => h("button", { type: "button", "aria-label": name, onclick: () => this.put(`[${name}]`) }, face(name, 32))),
      EMOJI.map(([sign, name]) => h("button.emoji", { type: "button", "aria-label": name, onclick: () => this.put(sign) }, sign)),
      h("button", { type: "button", "aria-label": "删除", onclick: () => this.erase() }, icon("erase", 26)));
  }

  tools() {
    return h("div.tools", { role: "group", "aria-label": "可以发的" }, TOOLS.map(([words, sign, work]) =>
      h("button.tool", { type: "button", onclick: () => work(this.chat) }, h("span", icon(sign, 28)), words)));
  }
}
