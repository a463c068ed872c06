// Choosing pictures: from the phone's files, by its camera, or one of ours.
import { asAddress, asPicture } from "./attachments.js";
import { h, icon } from "./dom.js";
import { Panel } from "./panel.js";
import { sampleAddress, samplePicture, SAMPLES } from "./samples.js";

// `use` gets [{blob, address}] and may refuse. `camera` and `album` are the ways there are.
export function choosePictures(phone, { title = "发送图片", most = 9, camera = true, album = true, use }) {
  const chosen = [];
  const grid = h("ul.chosen", { "aria-label": "已选的图片" });
  const file = (words, more) => {
    const input = h("input.hidden", { type: "file", accept: "image/*", "aria-label": words, tabindex: "-1", ...more });
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const one of files) await add(() => asPicture(one));
    });
    return input;
  };
  const fromAlbum = album && file("选择图片文件", { multiple: most > 1 });
  const fromCamera = camera && file("拍照", { capture: "environment" });
  const panel = new Panel(phone, title, "发送", async () => {
    if (!chosen.length) throw new Error("请先选一张图片");
    await use(chosen);
  },
  h("div.panel-ways",
    fromAlbum && [h("button.panel-way", { type: "button", onclick: () => fromAlbum.click() }, icon("picture", 26), "从手机相册选择"), fromAlbum],
    fromCamera && [h("button.panel-way", { type: "button", onclick: () => fromCamera.click() }, icon("camera", 26), "拍照"), fromCamera]),
  h("p.group", most > 1 ? `示例图片（一次至多 ${most} 张）` : "示例图片"),
  h("div.samples", SAMPLES.map((name) => h("button.sample", { type: "button", onclick: () => add(async () => {
    const blob = await samplePicture(name);
    return { blob, address: await asAddress(blob), name };
  }) }, h("img", { src: sampleAddress(name), alt: "" }), name))),
  grid);

  async function add(make) {
    panel.say("");
    try {
      const one = await make();
      if (most === 1) chosen.length = 0;
      if (chosen.length >= most) throw new Error(`一次至多发 ${most} 张图片`);
      chosen.push(one);
    } catch (error) {
      panel.say(error.message);
    }
    draw();
  }

  function draw() {
    grid.replaceChildren(...chosen.map((one, index) => h("li",
      h("img", { src: one.address, alt: one.name ?? `第 ${index + 1} 张` }),
      h("button.chosen-drop", { type: "button", "aria-label": `去掉第 ${index + 1} 张`, onclick: () => {
        chosen.splice(index, 1);
        draw();
        (grid.querySelectorAll("button")[Math.min(index, chosen.length - 1)] ?? panel.button).focus();
      } }, icon("close", 14)))));
    panel.count(chosen.length ? `发送(${chosen.length})` : "发送", chosen.length > 0);
  }

  draw();
  return panel.focusFirst();
}
