// 扫一扫: a QR code from a picture, or one of those the simulator knows.
import jsQR from "jsqr";
import { accountAvatar, h, icon } from "./dom.js";
import { call, sim } from "./wechat.js";

const LARGEST = 1600;

// The text of the QR code in a picture; null when there is none.
export async function decode(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // a transparent background is white to a camera
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(data, width, height)?.data || null;
}

export class Scanner {
  constructor(phone, take) {
    Object.assign(this, { phone, take });
    this.problem = h("p.scan-problem", { role: "alert" });
    this.list = h("ul.list.scan-codes");
    this.file = h("input.hidden", { type: "file", accept: "image/*", "aria-label": "选择二维码图片", onchange: () => this.choose() });
    this.element = h("div.browser.scanner", { role: "dialog", "aria-label": "扫一扫" },
      h("header.bar", h("button.bar-back", { type: "button", "aria-label": "返回", onclick: () => this.cancel() }, icon("back")),
        h("h1", "扫一扫"), h("span.bar-side")),
      (this.page = h("div.page",
        h("div.scan-top", h("div.scan-frame", { "aria-hidden": "true" }, icon("scan", 72)),
          h("button.main-button", { type: "button", onclick: () => this.file.click() }, "从相册选择二维码"), this.file, this.problem),
        h("p.group", "模拟器里的二维码"), this.list, this.typed())));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.cancel();
    });
    this.load();
  }

  // A barcode, or a code that is nowhere else: its text by hand.
  typed() {
    const field = h("input", { "aria-label": "二维码里的内容", maxlength: "4096", placeholder: "二维码或条形码里的内容" });
    const read = (event) => {
      event.preventDefault();
      if (field.value.trim()) this.read(field.value.trim());
    };
    return h("form.scan", { onsubmit: read }, h("label", "没有图片？直接填写内容", field), h("button.plain-button", "扫描"));
  }

  async load() {
    this.list.replaceChildren(h("li.scan-none", "正在读取…"));
    try {
      const codes = await call("GET", "/sim/codes");
      this.list.replaceChildren(...(codes.length ? codes.map((code) => h("li", h("button.account-row", {
        type: "button", onclick: () => this.read(code.url),
      }, h("img", { src: code.picture, alt: "", width: "48", height: "48", loading: "lazy" }),
      h("span.chat-text", h("strong", code.account), h("small", `场景值 ${code.scene}${code.is_permanent ? "" : " · 临时"}`)))))
        : [h("li.scan-none", "还没有二维码。公众号生成带参数的二维码后，会列在这里。")]));
    } catch (error) {
      this.list.replaceChildren(h("li.scan-none", h("p", error.message),
        h("button.plain-button", { type: "button", onclick: () => this.load() }, "重新读取")));
    }
  }

  async choose() {
    const file = this.file.files[0];
    this.file.value = "";
    if (!file) return;
    const text = await decode(file).catch(() => null);
    if (text) await this.read(text);
    else this.problem.textContent = "这张图片里没有找到二维码，请换一张清楚的图片";
  }

  async read(text) {
    this.problem.textContent = "";
    if (this.take) {
      const take = this.take;
      this.take = null;
      this.close();
      return take(text);
    }
    try {
      await this.obey(await call("POST", "/sim/scans", { citizen: this.phone.me.id, text }), text);
    } catch (error) {
      this.problem.textContent = error.message;
    }
    return undefined;
  }

  async obey(found, text) {
    if (found.kind === "expired") this.problem.textContent = "二维码已失效";
    else if (found.kind === "page") {
      this.close();
      this.phone.doors.openPage(found.url, found.url);
    } else if (found.kind === "text") {
      this.page.replaceChildren(h("div.scan-text", h("h2", "扫描结果"), h("p", found.text)));
    } else {
      const account = (await sim.accounts()).find((one) => one.app_id === found.app_id);
      if (found.kind === "scanned") await this.enter(account);
      else this.offer(account, text);
    }
  }

  offer(account, text) {
    const follow = h("button.main-button", { type: "button", onclick: async () => {
      follow.disabled = true;
      try {
        const following = call("POST", "/sim/scans", { citizen: this.phone.me.id, text, follow: true });
        await Promise.race([following, new Promise((done) => setTimeout(done, 400))]);
        following.catch((error) => this.phone.toast(error.message));
        await this.enter(account);
      } catch (error) {
        this.phone.toast(error.message);
        follow.disabled = false;
      }
    } }, "关注公众号");
    this.page.replaceChildren(h("div.scan-account", accountAvatar(account, 72), h("h2", account.name),
      account.description && h("p", account.description), follow));
    follow.focus();
  }

  async enter(account) {
    this.close();
    await this.phone.open(account);
  }

  cancel() {
    const { take } = this;
    this.close();
    take?.(null);
  }

  close() {
    this.element.remove();
    this.phone.scanner = null;
  }
}
