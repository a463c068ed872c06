// The panel beside the phones: the clock, who has a phone, what goes wrong, what was said to whom.
import { citizenAvatar, h, icon } from "./dom.js";
import { clock, date, hours } from "./time.js";
import { sim } from "./wechat.js";

const FAULTS = [
  ["回调很慢（6 秒）", { endpoint: "callback", kind: "delay", args: { seconds: 6 } }],
  ["回调连不上", { endpoint: "callback", kind: "drop" }],
  ["答复丢在路上", { endpoint: "callback", kind: "lost_reply" }],
  ["同一条推送两次", { endpoint: "callback", kind: "duplicate_push" }],
  ["签名不对", { endpoint: "callback", kind: "wrong_signature" }],
  ["客服消息：系统繁忙", { endpoint: "/cgi-bin/message/custom/send", kind: "error", args: { errcode: -1 } }],
  ["接口凭证失效（40001）", { endpoint: "*", kind: "expired_token" }],
  ["接口应答丢失", { endpoint: "*", kind: "lost_reply" }],
];
const WORDS = new Map(FAULTS.map(([words, fault]) => [`${fault.endpoint} ${fault.kind}`, words]));
const STATES = { answered: "已答", accepted: "已收", late: "超时", failed: "失败", refused: "拒绝" };
const PUSHES = {
  text: "文字", image: "图片", voice: "语音", video: "视频", shortvideo: "小视频", location: "位置", link: "链接", subscribe: "关注", unsubscribe: "取消关注",
  SCAN: "扫码", CLICK: "点菜单", VIEW: "开网页", view_miniprogram: "开小程序", scancode_push: "菜单扫码",
  scancode_waitmsg: "菜单扫码（等答复）", pic_sysphoto: "菜单拍照", pic_photo_or_album: "菜单拍照或选图", pic_weixin: "菜单选图",
  location_select: "菜单选位置",
};
const REASONS = [
  [/^the account has no callback_url/, "没有填写服务器地址，所以没有推送"],
  [/^no answer within ([\d.]+) seconds/, "$1 秒内没有答复"],
  [/^the callback answered HTTP (\d+)/, "服务器返回 HTTP $1"],
  [/^(\w+): \S+ was not reached/, "连不上服务器（$1）"],
  [/^a text reply of (\d+) bytes.*/, "答复太长：$1 个字节，至多 2048"],
  [/^a text reply without words/, "答复是空的"],
  [/^HTTP (\d+) \(a fault you asked for\)/, "HTTP $1（注入的故障）"],
  [/^the answer was lost.*/, "答复丢在路上（注入的故障）"],
  [/^the connection was (reset|cut).*/, "连接断开（注入的故障）"],
  [/^the push was lost.*/, "推送丢失（注入的故障）"],
  [/^(\w+) \(a fault you asked for\)/, "$1（注入的故障）"],
  [/^handed over to WeChat.*/, "转给微信自带的客服"],
  [/^not JSON in UTF-8|^neither XML nor JSON|^not well-formed XML.*/, "答复不是 XML，也不是 JSON"],
  [/^a plain reply in safe mode/, "安全模式下答复没有加密"],
  [/^wrong MsgSignature.*/, "答复的签名不对"],
];
const KEPT = 60;

function inChinese(reason) {
  for (const [form, words] of REASONS) if (form.test(reason)) return reason.replace(form, words);
  return reason;
}

export class Stage {
  constructor(desk) {
    this.desk = desk;
    this.time = h("strong.stage-time");
    this.day = h("span.stage-day");
    this.people = h("ul.stage-people");
    this.armed = h("ul.stage-armed");
    this.log = h("ol.stage-log", { "aria-label": "推送与应答", tabindex: "0" });
    this.element = h("aside.stage", { "aria-label": "演示台" },
      h("header", h("h2", "演示台"),
        h("button.stage-hide", { type: "button", "aria-label": "收起演示台", onclick: () => desk.showStage(false) }, icon("close", 18))),
      this.clockPart(), this.peoplePart(), this.faultPart(),
      h("section.stage-flow", h("h3", "推送与应答"), this.log));
    this.load();
  }

  clockPart() {
    const set = (change) => () => sim.setClock(change).catch((error) => this.desk.complain(error));
    const button = (words, change) => h("button", { type: "button", onclick: set(change) }, words);
    this.rate = h("select", { "aria-label": "时间快慢", onchange: () => {
      const rate = Number(this.rate.value);
      set(rate ? { rate, frozen: false } : { frozen: true })();
    } }, [["1", "正常"], ["60", "60 倍"], ["3600", "3600 倍"], ["0", "暂停"]].map(([value, words]) => h("option", { value }, words)));
    return h("section", h("div.stage-clock", this.time, this.day),
      h("div.stage-buttons.stage-grid", button("+1 小时", { advance_s: 3600 }), button("+1 天", { advance_s: 86400 }),
        button("+3 天", { advance_s: 259200 }), this.rate, button("回到现在", { reset: true })));
  }

  peoplePart() {
    const name = h("input", { "aria-label": "新市民的昵称", placeholder: "新市民的昵称", maxlength: "20" });
    const add = async (event) => {
      event.preventDefault();
      if (!name.value.trim()) return name.focus();
      try {
        const citizen = await sim.newCitizen(name.value.trim());
        name.value = "";
        this.desk.know(citizen);
        this.desk.give(citizen.id);
      } catch (error) {
        this.desk.complain(error);
      }
      return undefined;
    };
    return h("section", h("h3", "谁拿着手机", h("small", "最多三位")), this.people,
      h("form.stage-add", { onsubmit: add }, name, h("button", "给一部手机")));
  }

  faultPart() {
    const how = h("select", { "aria-label": "几次" },
      [["1", "下一次"], ["3", "三次"], ["", "一直"]].map(([value, words]) => h("option", { value }, words)));
    const which = h("select", { "aria-label": "哪种故障" }, FAULTS.map(([words], index) => h("option", { value: index }, words)));
    const arm = () => {
      const fault = { ...FAULTS[Number(which.value)][1] };
      if (how.value) fault.times = Number(how.value);
      sim.arm(fault).catch((error) => this.desk.complain(error));
    };
    return h("section", h("h3", "故障"), h("div.stage-buttons", which, how, h("button", { type: "button", onclick: arm }, "注入")), this.armed);
  }

  async load() {
    try {
      const [faults, exchanges] = await Promise.all([sim.faults(), sim.exchanges(KEPT)]);
      this.drawFaults(faults);
      this.log.replaceChildren();
      for (const one of exchanges.toReversed()) this.note(one);
    } catch (error) {
      this.desk.complain(error);
    }
  }

  tick() {
    this.time.textContent = hours(clock.seconds(), true);
    this.day.textContent = date(clock.seconds()) + (clock.is_wall_time ? "" : " · 模拟时间");
    const value = clock.frozen ? "0" : String(clock.rate);
    if (document.activeElement !== this.rate && this.rate.value !== value) this.rate.value = value;
  }

  drawPeople(citizens, shown) {
    this.people.replaceChildren(...citizens.map((citizen) => {
      const isShown = shown.includes(citizen.id);
      return h("li", h("button", {
        type: "button", "aria-pressed": String(isShown),
        onclick: () => (isShown ? this.desk.take(citizen.id) : this.desk.give(citizen.id)),
      }, citizenAvatar(citizen, 24), citizen.nickname));
    }));
  }

  drawFaults(faults) {
    this.armed.replaceChildren(...faults.map((fault) =>
      h("li", h("span", WORDS.get(`${fault.endpoint} ${fault.kind}`) ?? `${fault.endpoint} ${fault.kind}`,
        h("small", fault.times ? `还有 ${fault.times} 次` : "一直")),
      h("button", { type: "button", "aria-label": "解除", onclick: () => sim.disarm(fault.id).catch((error) => this.desk.complain(error)) }, icon("close", 14)))));
  }

  note(one) {
    const name = one.direction === "push" ? PUSHES[one.name] ?? one.name : one.name.replace("/cgi-bin/", "");
    const said = one.detail.content ? `“${one.detail.content}”` : "";
    const reason = one.detail.reason ? h("span.why", inChinese(one.detail.reason)) : null;
    this.log.prepend(h("li", { "data-status": one.status },
      h("span.when", hours(one.at, true)),
      h("span.what", h("b", one.direction === "push" ? "推送" : "接口"), ` ${name} `, h("span.said", said), h("small", one.account), reason),
      h("span.state", one.direction === "api" && one.status === "answered" ? "成功" : STATES[one.status] ?? one.status),
      h("span.ms", `${one.elapsed_ms < 10 ? one.elapsed_ms.toFixed(1) : Math.round(one.elapsed_ms)} ms`,
        one.tries > 1 && h("small", `${one.tries} 次`))));
    while (this.log.children.length > KEPT) this.log.lastChild.remove();
  }

  hear(name, data) {
    if (name === "exchange") this.note(data);
    if (name === "faults") this.drawFaults(data.faults);
    if (name === "ready") this.load();
  }
}
