// Pictures and a video for those who have none at hand, drawn here, so that no file is needed.
const [WIDTH, HEIGHT] = [960, 720];

function scene(pen, sky, ground) {
  pen.fillStyle = sky;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = ground;
  pen.fillRect(0, 470, WIDTH, HEIGHT - 470);
}

function box(pen, colour, ...place) {
  pen.fillStyle = colour;
  pen.fillRect(...place);
}

function disc(pen, colour, x, y, width, height = width) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, width, height, 0, 0, 7);
  pen.fill();
}

function houses(pen, colours) {
  colours.forEach((colour, index) => {
    const [x, height] = [40 + index * 185, 170 + (index % 3) * 55];
    box(pen, colour, x, 470 - height, 150, height);
    for (let row = 0; row < 3; row += 1) {
      for (let column = 0; column < 3; column += 1) box(pen, "#f4e9c1", x + 18 + column * 42, 492 - height + row * 46, 26, 28);
    }
  });
}

const SCENES = {
  路灯不亮: (pen) => {
    scene(pen, "#1f2a44", "#39414f");
    houses(pen, ["#2c3858", "#334066", "#2a3552", "#37456d", "#2c3858"]);
    for (const [x, colour] of [[170, "#ffe08a"], [480, "#4a5266"], [790, "#ffe08a"]]) {
      box(pen, "#8d97a8", x - 6, 210, 12, 330);
      box(pen, "#8d97a8", x - 6, 210, 74, 10);
      disc(pen, colour, x + 66, 230, 24, 15);
    }
  },
  井盖破损: (pen) => {
    scene(pen, "#c9d6df", "#7d8389");
    houses(pen, ["#b9a58d", "#a7b3ad", "#c0ac95", "#a4aebb", "#b9a58d"]);
    disc(pen, "#4a4e53", 480, 600, 170, 74);
    disc(pen, "#303338", 480, 600, 138, 58);
    pen.fillStyle = "#0e1012";
    pen.beginPath();
    for (const [x, y] of [[480, 600], [560, 560], [604, 586], [596, 622], [540, 644]]) pen.lineTo(x, y);
    pen.fill();
  },
  道路积水: (pen) => {
    scene(pen, "#9fb0bf", "#6f767d");
    houses(pen, ["#8b97a1", "#95a0a8", "#86929d", "#9aa5ad", "#8b97a1"]);
    disc(pen, "#8fb3cc", 430, 610, 360, 82);
    disc(pen, "#a9c8dc", 470, 600, 230, 46);
    pen.strokeStyle = "#dce8f0";
    pen.lineWidth = 3;
    for (let drop = 0; drop < 42; drop += 1) {
      const [x, y] = [(drop * 137) % WIDTH, (drop * 89) % 560];
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(x - 9, y + 34);
      pen.stroke();
    }
  },
  办事材料: (pen) => {
    scene(pen, "#d8c3a5", "#d8c3a5");
    box(pen, "#ffffff", 210, 90, 540, 560);
    box(pen, "#b33a2e", 300, 140, 360, 26);
    for (let line = 0; line < 9; line += 1) box(pen, "#c5c9ce", 270, 210 + line * 40, line % 3 === 2 ? 300 : 420, 12);
    disc(pen, "rgb(179 58 46 / 55%)", 620, 570, 58);
  },
};
export const SAMPLES = Object.keys(SCENES);

function canvasOf(name) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  SCENES[name](canvas.getContext("2d"));
  return canvas;
}

const jpeg = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

export const samplePicture = (name) => jpeg(canvasOf(name), 0.85);
export const sampleAddress = (name) => canvasOf(name).toDataURL("image/jpeg", 0.5);

// The first picture of a video: WeChat's thumb is a JPG of at most 64 KB.
export async function thumbOf(source, width, height) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, 320 / Math.max(width, height, 1));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return { blob: await jpeg(canvas, 0.7), address: canvas.toDataURL("image/jpeg", 0.7) };
}

export const drawnThumb = () => thumbOf(canvasOf("道路积水"), WIDTH, HEIGHT);

// Two seconds of rain, recorded as this browser records: MP4 where it can, else WebM.
export async function sampleVideo() {
  const kind = ["video/mp4", "video/webm"].find((one) => globalThis.MediaRecorder?.isTypeSupported(one));
  if (!kind) throw new Error("这个浏览器不能录制示例视频，请从手机里选一段");
  const canvas = canvasOf("道路积水");
  const pen = canvas.getContext("2d");
  const thumb = await thumbOf(canvas, WIDTH, HEIGHT);
  const recorder = new MediaRecorder(canvas.captureStream(12), { mimeType: kind, videoBitsPerSecond: 600_000 });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
  recorder.start();
  let step = 0;
  const rain = setInterval(() => {
    SCENES.道路积水(pen);
    disc(pen, "#c3dbea", 300 + (step * 53) % 320, 590 + (step * 17) % 40, 10 + (step % 5) * 12, 4 + (step % 5) * 4);
    step += 1;
  }, 80);
  await new Promise((done) => setTimeout(done, 2000));
  clearInterval(rain);
  recorder.stop();
  await ended;
  for (const track of recorder.stream.getTracks()) track.stop();
  return { blob: new Blob(parts, { type: kind.split(";")[0] }), thumb, seconds: 2 };
}
