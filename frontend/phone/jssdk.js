// The JS-SDK's other half: what a page in the browser asks by /sim/jweixin.js, done by the phone.
import { h } from "./dom.js";
import { call } from "./wechat.js";

const APIS = [
  "checkJsApi", "chooseImage", "getLocalImgData", "uploadImage", "getLocation", "scanQRCode",
  "updateAppMessageShareData", "updateTimelineShareData", "closeWindow", "hideOptionMenu", "showOptionMenu",
];
// These need no wx.config; all others must stand in its jsApiList.
const FREE = new Set(["checkJsApi", "closeWindow"]);
const SAMPLE_PLACE = { latitude: 30.2741, longitude: 120.1551, speed: -1, accuracy: 30 };

export class Bridge {
  constructor(browser) {
    this.browser = browser;
    this.phone = browser.phone;
    this.images = new Map();
    this.shared = {};
    this.forget();
    this.listen = (event) => this.hear(event);
    window.addEventListener("message", this.listen);
  }

  // Another page came: what the last one was allowed does not pass to it.
  forget() {
    this.account = null;
    this.allowed = new Set();
    this.tags = new Set();
    this.address = "";
    this.shared = {};
  }

  stop() {
    window.removeEventListener("message", this.listen);
  }

  async hear(event) {
    const asked = event.data;
    if (event.source !== this.browser.frame.contentWindow || typeof asked?.wx !== "string") return;
    const { wx: name, id, values = {}, url = "" } = asked;
    const answer = (result) => event.source?.postMessage({ wx: name, id, result }, event.origin);
    // A page may say any address; its origin it cannot choose.
    if (URL.parse(url)?.origin !== event.origin) return answer({ errMsg: `${name}:fail` });
    if (name === "config") return answer(await this.config(values, url, event.origin));
    if (name === "subscribe") return answer(await this.asked(values));
    if (!APIS.includes(name)) return answer({ errMsg: `${name}:function not exist` });
    if (!FREE.has(name) && (!this.allowed.has(name) || this.origin !== event.origin)) {
      return answer({ errMsg: `${name}:permission denied` });
    }
    try {
      return answer({ ...(await this[name](values)), errMsg: `${name}:ok` });
    } catch (error) {
      return answer({ errMsg: `${name}:${error.message === "cancel" ? "cancel" : `fail ${error.message}`}` });
    }
  }

  async config(values, url, origin) {
    this.forget();
    const wanted = Array.isArray(values.jsApiList) ? values.jsApiList : [];
    try {
      const { err_msg: errMsg } = await call("POST", "/sim/js/config", {
        app_id: String(values.appId ?? ""), url, timestamp: Math.max(0, Math.trunc(Number(values.timestamp) || 0)),
        nonce: String(values.nonceStr ?? ""), signature: String(values.signature ?? ""),
      });
      if (errMsg === "config:ok") {
        this.account = values.appId;
        this.origin = origin;
        this.address = url;
        this.allowed = new Set(wanted);
        this.tags = new Set(Array.isArray(values.openTagList) ? values.openTagList : []);
      }
      return { errMsg };
    } catch (error) {
      return { errMsg: `config:fail ${error.message}` };
    }
  }

  // A tap on <wx-open-subscribe>: each notice is named, and her word goes to the account.
  async asked({ templates = [] }) {
    if (!this.tags.has("wx-open-subscribe")) return { errMsg: "subscribe:permission denied" };
    try {
      const app_id = this.account;
      const found = await Promise.all(templates.map((template_id) =>
        call("GET", `/sim/subscriptions?${new URLSearchParams({ app_id, template_id })}`)));
      const choice = await this.allows(found);
      const details = {};
      for (const { template_id } of found) {
        await call("POST", "/sim/subscriptions", { app_id, citizen: this.phone.me.id, template_id, choice });
        details[template_id] = JSON.stringify({ status: choice });
      }
      return { errMsg: "subscribe:ok", subscribeDetails: JSON.stringify(details) };
    } catch (error) {
      return { errMsg: `subscribe:fail ${error.message}` };
    }
  }

  allows(found) {
    return new Promise((done) => {
      const say = (choice) => () => { sheet.remove(); done(choice); };
      const names = found.map((one) => one.title).join("、");
      const sheet = this.sheet(`${found[0]?.account ?? ""} 申请给您发送通知：${names}`, say("reject"), [["允许", say("accept")]]);
    });
  }

  // One function for each name ---------------------------------------------------------------

  async checkJsApi({ jsApiList = [] }) {
    return { checkResult: Object.fromEntries(jsApiList.map((name) => [name, APIS.includes(name)])) };
  }

  chooseImage({ count = 9 }) {
    return new Promise((done, refuse) => {
      const file = h("input.hidden", { type: "file", accept: "image/png,image/jpeg,image/gif", "aria-label": "选择图片" });
      file.multiple = count > 1;
      const keep = (blobs) => {
        sheet.remove();
        done({ sourceType: "album", localIds: blobs.slice(0, count).map((blob) => {
          const localId = `wxLocalResource://${crypto.randomUUID()}`;
          this.images.set(localId, blob);
          return localId;
        }) });
      };
      file.addEventListener("change", () => file.files.length && keep([...file.files]));
      const cancel = () => { sheet.remove(); refuse(new Error("cancel")); };
      const sheet = this.sheet("选择图片", cancel, [
        ["从手机相册选择", () => file.click()],
        ["用一张示例图片", async () => keep([await sample()])],
      ], file);
    });
  }

  async getLocalImgData({ localId }) {
    return { localData: await asDataUrl(this.image(localId)) };
  }

  async uploadImage({ localId }) {
    const blob = this.image(localId);
    const response = await fetch(`/sim/js/images?${new URLSearchParams({ app_id: this.account })}`, {
      method: "POST", headers: { "content-type": blob.type || "image/png" }, body: blob,
    });
    if (!response.ok) throw new Error("upload failed");
    return { serverId: (await response.json()).media_id };
  }

  image(localId) {
    const blob = this.images.get(localId);
    if (!blob) throw new Error("invalid localId");
    return blob;
  }

  getLocation() {
    return new Promise((done, refuse) => {
      const host = new URL(this.address).host;
      const cancel = () => { sheet.remove(); refuse(new Error("cancel")); };
      const sheet = this.sheet(`${host} 要获取您的位置`, cancel, [["允许", () => { sheet.remove(); done(SAMPLE_PLACE); }]]);
    });
  }

  scanQRCode({ needResult = 0 }) {
    return new Promise((done, refuse) => {
      this.phone.doors.scan(async (text) => {
        if (text === null) return refuse(new Error("cancel"));
        if (Number(needResult) === 1) return done({ resultStr: text });
        done({});
        const scanner = this.phone.doors.scan();
        return scanner.read(text);
      });
    });
  }

  async updateAppMessageShareData({ title = "", desc = "", link = "", imgUrl = "" }) {
    this.shared.friend = { title, desc, link, imgUrl };
  }

  async updateTimelineShareData({ title = "", link = "", imgUrl = "" }) {
    this.shared.timeline = { title, link, imgUrl };
  }

  async closeWindow() {
    setTimeout(() => this.browser.close());
  }

  async hideOptionMenu() {
    this.browser.showOptions(false);
  }

  async showOptionMenu() {
    this.browser.showOptions(true);
  }

  sheet(words, cancel, choices, ...more) {
    const sheet = h("div.action-sheet.choice-sheet", { role: "dialog", "aria-label": words },
      h("p", words), choices.map(([name, work]) => h("button.choice", { type: "button", onclick: work }, name)), more,
      h("button.cancel", { type: "button", onclick: cancel }, "取消"));
    sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      cancel();
    });
    this.browser.element.append(sheet);
    sheet.querySelector("button").focus();
    return sheet;
  }
}

function asDataUrl(blob) {
  return new Promise((done, refuse) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => refuse(new Error("read failed")));
    reader.readAsDataURL(blob);
  });
}

// A picture for those who have none at hand: drawn here, so that no file is needed.
function sample() {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 320;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#cfe3f5";
  pen.fillRect(0, 0, 480, 320);
  pen.fillStyle = "#7aa37a";
  pen.fillRect(0, 220, 480, 100);
  pen.fillStyle = "#f3c14b";
  pen.arc(390, 70, 34, 0, 7);
  pen.fill();
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
