// Sending a link: what WeChat makes of a page that is shared into a chat.
import { h } from "./dom.js";
import { Panel } from "./panel.js";

// `use` gets {title, description, url}.
export function writeLink(phone, use) {
  const field = (words, more) => h("input.panel-field", { "aria-label": words, ...more });
  const url = field("网址", { type: "url", maxlength: "1024", placeholder: "https://", inputmode: "url" });
  const title = field("标题", { maxlength: "120" });
  const description = field("摘要", { maxlength: "200" });
  const panel = new Panel(phone, "发送链接", "发送", async () => {
    const address = url.value.trim();
    if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
      url.focus();
      throw new Error("网址要以 http:// 或 https:// 开头");
    }
    if (!title.value.trim()) {
      title.focus();
      throw new Error("请写标题");
    }
    await use({ title: title.value.trim(), description: description.value.trim(), url: address });
  },
  h("label.panel-row", "网址", url), h("label.panel-row", "标题", title), h("label.panel-row", "摘要（可以不写）", description));
  return panel.focusFirst();
}
