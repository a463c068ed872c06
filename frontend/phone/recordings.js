// A voice with what it says, and a video: from a file or the one we draw.
import { tooLarge } from "./attachments.js";
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { drawnThumb, sampleVideo, thumbOf } from "./samples.js";

const LONGEST = 60;
const A_SECOND = 4; // characters that people say in a second

// `use` gets {seconds, recognition?}. Nobody speaks here: what was said is typed.
export function recordVoice(phone, use) {
  const said = h("textarea.panel-field", { rows: "3", maxlength: "600", "aria-label": "语音里说的话", placeholder: "例如：东桥路的路灯坏了三天了" });
  const length = h("input.panel-field", { type: "number", min: "1", max: String(LONGEST), value: "3", "aria-label": "语音有几秒", inputmode: "numeric" });
  const isHeard = h("input", { type: "checkbox", checked: true, "aria-label": "附上语音识别结果" });
  let hasOwnLength = false;
  length.addEventListener("input", () => (hasOwnLength = true));
  said.addEventListener("input", () => {
    if (!hasOwnLength) length.value = String(Math.max(1, Math.min(LONGEST, Math.round(Array.from(said.value.trim()).length / A_SECOND))));
  });
  const panel = new Panel(phone, "发送语音", "发送", async () => {
    const seconds = Number(length.value);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST) {
      length.focus();
      throw new Error(`语音最短 1 秒，最长 ${LONGEST} 秒`);
    }
    const recognition = said.value.trim();
    if (isHeard.checked && !recognition) {
      said.focus();
      throw new Error("请写出语音里说的话，或者不附识别结果");
    }
    await use(isHeard.checked ? { seconds, recognition } : { seconds });
  },
  h("label.panel-row", "说的话", said),
  h("label.panel-row", "时长（秒）", length),
  h("label.panel-check", isHeard, "附上语音识别结果（Recognition）"),
  h("p.panel-note", "模拟手机不录音：推送的语音是同样长的静音。识别结果微信正在停用，账号应当在没有它时也能答复。"));
  return panel.focusFirst("textarea");
}

// `use` gets {blob, thumb: {blob, address}, seconds, isShort}.
export function chooseVideo(phone, use) {
  let chosen = null;
  const shown = h("div.video-chosen", { "aria-live": "polite" });
  const file = h("input.hidden", { type: "file", accept: "video/mp4,video/webm,video/*", "aria-label": "选择视频文件", tabindex: "-1" });
  const kind = h("select.panel-field", { "aria-label": "按哪种消息推送" },
    h("option", { value: "video" }, "视频（video）"), h("option", { value: "shortvideo" }, "小视频（shortvideo）"));
  const panel = new Panel(phone, "发送视频", "发送", async () => {
    if (!chosen) throw new Error("请先选一段视频");
    await use({ ...chosen, isShort: kind.value === "shortvideo" });
  },
  h("div.panel-ways",
    h("button.panel-way", { type: "button", onclick: () => file.click() }, icon("video", 26), "从手机相册选择"), file,
    h("button.panel-way", { type: "button", onclick: () => take(sampleVideo) }, icon("camera", 26), "用示例视频")),
  shown, h("label.panel-row", "消息类型", kind));

  file.addEventListener("change", () => {
    const one = file.files[0];
    file.value = "";
    if (!one) return;
    take(async () => {
      if (!one.type.startsWith("video/")) throw new Error(`“${one.name}”不是视频，请选 MP4 格式的文件`);
      const problem = tooLarge("video", one.size);
      if (problem) throw new Error(problem);
      return { blob: one, thumb: await drawnThumb(), seconds: 0, name: one.name };
    });
  });

  async function take(make) {
    panel.say("");
    const slow = setTimeout(() => shown.replaceChildren(h("p.panel-note", "正在准备视频…")), 100);
    try {
      chosen = await make();
    } catch (error) {
      panel.say(error.message);
    }
    clearTimeout(slow);
    draw();
  }

  function draw() {
    shown.replaceChildren(...(chosen ? [h("span.video-thumb", h("img", { src: chosen.thumb.address, alt: "视频封面" }), icon("play", 34)),
      h("p.panel-note", `${chosen.name ?? "示例视频"}，${Math.max(1, Math.round(chosen.blob.size / 1024))} KB`)] : []));
    panel.count("发送", chosen !== null);
  }

  draw();
  return panel.focusFirst();
}

// The first picture of a video that the simulator keeps; ours when this browser cannot show it.
export function firstPicture(address) {
  return new Promise((done) => {
    const video = document.createElement("video");
    const ended = (thumb) => {
      clearTimeout(slow);
      video.removeAttribute("src");
      done({ thumb, seconds: Number.isFinite(video.duration) ? Math.round(video.duration) : 0 });
    };
    const slow = setTimeout(async () => ended(await drawnThumb()), 4000);
    video.muted = true;
    video.preload = "auto";
    video.addEventListener("loadeddata", async () => ended(await thumbOf(video, video.videoWidth, video.videoHeight)), { once: true });
    video.addEventListener("error", async () => ended(await drawnThumb()), { once: true });
    video.src = address;
  });
}
