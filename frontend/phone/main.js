// The desk: up to three phones side by side, and the stage to their right.
import "./page.css";
import "./phone.css";
import "./chat.css";
import "./reading.css";
import "./stage.css";
import "./sending.css";
import { citizenAvatar, h, icon } from "./dom.js";
import { Phone } from "./phone.js";
import { Stage } from "./stage.js";
import { clock } from "./time.js";
import { sim, Stream } from "./wechat.js";

const MOST = 3;

class Desk {
  constructor(element) {
    this.element = element;
    this.citizens = [];
    this.phones = new Map();
    this.stream = new Stream((name, data) => this.hear(name, data));
    this.row = h("main.phones");
    this.stage = new Stage(this);
    this.opener = h("button.stage-open", { type: "button", "aria-label": "打开演示台", onclick: () => this.showStage(true) }, icon("panel", 20));
    this.problem = h("div.desk-problem", { role: "alert" });
    element.append(this.row, this.stage.element, this.opener, this.problem);
    setInterval(() => this.tick(), 1000);
  }

  async start() {
    const asked = new URLSearchParams(location.search);
    const kept = JSON.parse(localStorage.getItem("phones") ?? "[]");
    this.showStage((asked.get("stage") ?? localStorage.getItem("stage") ?? "1") !== "0" && innerWidth > 900);
    try {
      clock.hear(await sim.clock());
      this.citizens = await sim.citizens();
    } catch (error) {
      this.complain(error);
      setTimeout(() => this.start(), 2000);
      return;
    }
    const known = new Set(this.citizens.map((one) => one.id));
    const wanted = (asked.get("citizens")?.split(",").map(Number) ?? kept).filter((id) => known.has(id));
    const room = Math.max(1, Math.min(2, Math.floor((innerWidth - 380) / 400)));
    const ids = wanted.length ? wanted : this.citizens.slice(0, room).map((one) => one.id);
    for (const id of ids.slice(0, MOST)) this.put(id);
    this.arrange();
    if (!asked.has("app_id")) return;
    const accounts = await sim.accounts();
    const account = accounts.find((one) => one.app_id === asked.get("app_id"));
    if (account) for (const phone of this.phones.values()) phone.open(account);
  }

  tick() {
    for (const phone of this.phones.values()) phone.tick();
    this.stage.tick();
  }

  know(citizen) {
    if (!this.citizens.some((one) => one.id === citizen.id)) this.citizens.push(citizen);
  }

  put(id) {
    const citizen = this.citizens.find((one) => one.id === id);
    if (citizen && !this.phones.has(id)) this.phones.set(id, new Phone(citizen));
  }

  give(id) {
    if (this.phones.size >= MOST) this.phones.delete(this.phones.keys().next().value);
    this.put(id);
    this.arrange();
  }

  take(id) {
    this.phones.delete(id);
    this.arrange();
  }

  arrange() {
    const ids = [...this.phones.keys()];
    if (ids.length) {
      const elements = [...this.phones.values()].map((phone) => phone.element);
      for (const child of [...this.row.children]) if (!elements.includes(child)) child.remove();
      // Moving an element would reload the page in its browser.
      for (const element of elements) if (element.parentNode !== this.row) this.row.append(element);
    } else this.row.replaceChildren(this.nobody());
    this.element.dataset.phones = String(ids.length);
    this.stage.drawPeople(this.citizens, ids);
    localStorage.setItem("phones", JSON.stringify(ids));
    this.stream.listen(ids);
    this.tick();
  }

  nobody() {
    const name = h("input", { "aria-label": "昵称", placeholder: "例如：小林", maxlength: "20" });
    const make = async (event) => {
      event.preventDefault();
      try {
        const citizen = await sim.newCitizen(name.value.trim() || "小林");
        this.know(citizen);
        this.give(citizen.id);
      } catch (error) {
        this.complain(error);
      }
    };
    return h("div.nobody",
      h("h1", "还没有人拿着手机"),
      h("p", "给一位市民一部手机，就可以关注公众号、提问、打开网页。"),
      h("form", { onsubmit: make }, name, h("button.main-button", "给一部手机")),
      this.citizens.length > 0 && h("ul.stage-people", this.citizens.slice(0, 12).map((citizen) =>
        h("li", h("button", { type: "button", onclick: () => this.give(citizen.id) }, citizenAvatar(citizen, 24), citizen.nickname)))));
  }

  showStage(isShown) {
    this.stage.element.hidden = !isShown;
    this.opener.hidden = isShown;
    this.element.dataset.stage = isShown ? "1" : "0";
    localStorage.setItem("stage", isShown ? "1" : "0");
  }

  complain(error) {
    this.problem.textContent = error.message;
    clearTimeout(this.complaining);
    this.complaining = setTimeout(() => (this.problem.textContent = ""), 5000);
  }

  hear(name, data) {
    if (name === "clock") {
      clock.hear(data);
      this.tick();
    }
    if (name === "citizens") {
      this.know(data);
      this.stage.drawPeople(this.citizens, [...this.phones.keys()]);
    }
    this.stage.hear(name, data);
    for (const phone of this.phones.values()) phone.hear(name, data);
  }
}

const element = document.getElementById("desk");
if (element) new Desk(element).start();
