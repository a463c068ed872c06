// A mini program: the phone cannot run one, says which it would be, and offers the page that stands in for it.
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";

export function showMiniProgram(chat, { appid, pagepath, url, title = "小程序" }) {
  const panel = new Panel(chat.phone, title, url ? "打开备用网页" : "知道了", () => {
    panel.close();
    if (url) chat.doors.openPage(url, title);
  },
  h("div.mini-page", icon("mini", 64),
    h("p", "真机在这里打开小程序。模拟手机里没有小程序。"),
    h("dl.facts", h("dt", "AppID"), h("dd", appid || "（没有给出）"), h("dt", "页面"), h("dd", pagepath || "（首页）"))));
  panel.element.classList.add("mini-panel");
  panel.button.focus();
  return panel;
}
