// The menu at the bottom of a chat, and the sheet of a button that has others below it.
import { h, icon } from "./dom.js";

export class MenuBar {
  // `press` gets a button and its place: [1], or in a sheet [1, 0].
  constructor(foot, menu, { press, toggle }) {
    Object.assign(this, { foot, menu, press });
    this.items = menu.map((button, index) => {
      const hasMore = button.sub_button?.length > 0;
      return h("button.menu-item", {
        type: "button",
        "aria-haspopup": hasMore ? "menu" : undefined,
        "aria-expanded": hasMore ? "false" : undefined,
        onclick: () => (hasMore ? this.toggle(index) : this.choose(button, [index])),
      }, hasMore && icon("lines", 13), h("span", button.name));
    });
    this.element = h("div.menu",
      h("button.foot-toggle", { type: "button", "aria-label": "切换到键盘", onclick: toggle }, icon("keyboard", 26)),
      h("div.menu-items", { role: "group", "aria-label": "公众号菜单" }, this.items));
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const index = this.items.indexOf(document.activeElement);
    if (index < 0) return;
    if (event.key === "ArrowUp" && this.menu[index].sub_button?.length) this.open(index, -1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      this.items.at((index + (event.key === "ArrowLeft" ? -1 : 1)) % this.items.length).focus();
    } else return;
    event.preventDefault();
  }

  choose(button, place) {
    const { opened } = this;
    this.close();
    if (opened) opened.item.focus();
    this.press(button, place);
  }

  toggle(index) {
    if (this.opened?.index === index) this.close();
    else this.open(index, 0);
  }

  open(index, first) {
    this.close();
    const item = this.items[index];
    item.setAttribute("aria-expanded", "true");
    const rows = this.menu[index].sub_button.map((button, below) =>
      h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => this.choose(button, [index, below]) }, button.name));
    const sheet = h("div.menu-sheet", { role: "menu", "aria-label": this.menu[index].name }, rows);
    sheet.addEventListener("keydown", (event) => this.keyInSheet(event, rows, index));
    // Whoever taps elsewhere, or walks on by Tab, is done with it.
    sheet.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !sheet.contains(event.relatedTarget) && event.relatedTarget !== item) this.close();
    });
    this.foot.append(sheet);
    const room = this.foot.getBoundingClientRect();
    const place = item.getBoundingClientRect();
    const middle = place.left - room.left + place.width / 2 - sheet.offsetWidth / 2;
    sheet.style.left = `${Math.max(6, Math.min(middle, room.width - sheet.offsetWidth - 6))}px`;
    this.opened = { sheet, item, index };
    rows.at(first).focus();
  }

  keyInSheet(event, rows, index) {
    const at = rows.indexOf(document.activeElement);
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (down) rows.at((at + down) % rows.length).focus();
    else if (event.key === "Home" || event.key === "End") rows.at(event.key === "Home" ? 0 : -1).focus();
    else if (aside) this.aside(index, aside);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // To the next button of the bar, and into its sheet when it has one.
  aside(index, step) {
    const next = (index + step + this.items.length) % this.items.length;
    this.close();
    if (this.menu[next].sub_button?.length) this.open(next, 0);
    else this.items[next].focus();
  }

  close() {
    if (!this.opened) return false;
    const { sheet, item } = this.opened;
    this.opened = null; // first: taking the sheet away moves the focus, which asks to close again
    sheet.remove();
    item.setAttribute("aria-expanded", "false");
    return true;
  }
}
